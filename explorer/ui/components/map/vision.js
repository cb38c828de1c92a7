// How far apart two colours look, to whoever sees them least apart: with all three kinds of cones, or two.
// It refuses to know themes and topics. Always true: 0 is the same colour, black and white are 1 apart.

// Linear light as it reaches eyes that lack a kind of cones: Machado, Oliveira and Fernandes 2009, at full severity.
const EYES = [
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
  [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
];
// Even steps for the eye: Oklab, Ottosson 2020.
const CONES = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566], [0.0883024619, 0.2817188376, 0.6299787005]];
const EVEN = [[0.2104542553, 0.793617785, -0.0040720468], [1.9779984951, -2.428592205, 0.4505937099], [0.0259040371, 0.7827717662, -0.808675766]];

const times = (table, values) => table.map((line) => line.reduce((sum, share, i) => sum + share * values[i], 0));
const linear = (value) => (value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const seen = (rgb, eye) => times(EVEN, times(CONES, times(eye, rgb.map(linear)).map((v) => Math.max(0, v))).map((v) => Math.cbrt(Math.max(0, v))));

// Of two colours [red, green, blue], 0 to 255.
export const apart = (first, second) => Math.min(...EYES.map((eye) => {
  const a = seen(first, eye), b = seen(second, eye);
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}));
