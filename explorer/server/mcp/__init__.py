"""The tools of an agent: what a language model may ask of a library, over the Model Context Protocol.

Knows the library and the shapes of its values. Always true: a tool only reads unless writing was allowed by name;
what it answers fits a budget of tokens, and says of which library it speaks and how to go on.
"""
