"""What families of formats share."""
