// SPDX-License-Identifier: GPL-2.0-only OR MIT OR Apache-2.0
//! Float: single-precision rays against spheres, through a trait object (indirect calls with floats).
#![no_std]

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {}
}

#[derive(Clone, Copy)]
struct Vector(f32, f32, f32);

impl Vector {
    fn dot(self, other: Self) -> f32 {
        self.0 * other.0 + self.1 * other.1 + self.2 * other.2
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0, self.1 - other.1, self.2 - other.2)
    }
}

trait Shape {
    /// The distance at which the ray hits, if it does.
    fn hit(&self, from: Vector, direction: Vector) -> Option<f32>;
}

struct Sphere {
    centre: Vector,
    square: f32,
}

struct Floor(f32);

/// Newton's iteration: `core` has no square root.
fn root(x: f32) -> f32 {
    let mut guess = f32::from_bits((x.to_bits() >> 1) + 0x1fbd_1df5);
    for _ in 0..3 {
        guess = 0.5 * (guess + x / guess);
    }
    guess
}

impl Shape for Sphere {
    fn hit(&self, from: Vector, direction: Vector) -> Option<f32> {
        let to = self.centre.minus(from);
        let along = to.dot(direction);
        let rest = along * along - to.dot(to) + self.square;
        if rest < 0.0 {
            return None;
        }
        let distance = along - root(rest);
        (distance > 0.001).then_some(distance)
    }
}

impl Shape for Floor {
    fn hit(&self, from: Vector, direction: Vector) -> Option<f32> {
        if direction.1 >= -0.001 {
            return None;
        }
        Some((self.0 - from.1) / direction.1)
    }
}

/// `n` lines of the picture.
#[no_mangle]
pub extern "C" fn run(n: u32) -> u32 {
    let spheres: [Sphere; 4] = core::array::from_fn(|i| Sphere {
        centre: Vector(i as f32 - 1.5, 0.3 * i as f32, 4.0 + i as f32),
        square: 0.4 + 0.1 * i as f32,
    });
    let floor = Floor(-1.0);
    let scene: [&dyn Shape; 5] = [&spheres[0], &floor, &spheres[1], &spheres[2], &spheres[3]];
    let scene = core::hint::black_box(&scene);
    let mut sum = 0u32;
    for line in 0..n {
        for column in 0..128u32 {
            let (x, y) = (column as f32 / 64.0 - 1.0, (line & 127) as f32 / 64.0 - 1.0);
            let scale = 1.0 / root(x * x + y * y + 1.0);
            let direction = Vector(x * scale, y * scale, scale);
            let mut nearest = 1000.0f32;
            for shape in scene {
                if let Some(distance) = shape.hit(Vector(0.0, 0.0, 0.0), direction) {
                    if distance < nearest {
                        nearest = distance;
                    }
                }
            }
            sum = sum.wrapping_add((nearest * 16.0) as u32);
        }
    }
    sum
}
