// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0

// The length of the hypotenuse. Imports nothing, has no memory: wasmctl invoke pythagorus.wasm pythagorus 3 4

__attribute__((export_name("pythagorus")))
double pythagorus(double a, double b)
{
	return __builtin_sqrt(a * a + b * b);
}
