//! Shapes in one mesh: however much is drawn, it is drawn in one go.

use bevy::asset::RenderAssetUsages;
use bevy::color::{Color, ColorToComponents};
use bevy::math::{Rect, Vec2};
use bevy::mesh::{Indices, Mesh, PrimitiveTopology};

/// A mesh in the making. What comes later lies on top.
#[derive(Default)]
pub(crate) struct Paint {
    positions: Vec<[f32; 3]>,
    colors: Vec<[f32; 4]>,
    indices: Vec<u32>,
}

impl Paint {
    pub(crate) fn clear(&mut self) {
        self.positions.clear();
        self.colors.clear();
        self.indices.clear();
    }

    fn vertex(&mut self, at: Vec2, color: Color) -> u32 {
        self.positions.push([at.x, at.y, 0.0]);
        self.colors.push(color.to_linear().to_f32_array());
        self.positions.len() as u32 - 1
    }

    fn triangle(&mut self, corners: [Vec2; 3], color: Color) {
        let corners = corners.map(|corner| self.vertex(corner, color));
        self.indices.extend(corners);
    }

    /// A polygon that may be concave: one ear after the other is cut off.
    pub(crate) fn polygon(&mut self, outline: &[Vec2], color: Color) {
        let area: f32 = (0..outline.len()).map(|i| outline[i].perp_dot(outline[(i + 1) % outline.len()])).sum();
        let mut left: Vec<Vec2> = outline.to_vec();
        if area < 0.0 {
            left.reverse();
        }
        while left.len() > 3 {
            let n = left.len();
            let ear = (0..n).find(|&i| {
                let (a, b, c) = (left[(i + n - 1) % n], left[i], left[(i + 1) % n]);
                let convex = (b - a).perp_dot(c - b) > 0.0;
                convex && !left.iter().any(|&p| p != a && p != b && p != c && within(p, a, b, c))
            });
            // A polygon that crosses itself has none: the rest is left out.
            let Some(i) = ear else { return };
            self.triangle([left[(i + n - 1) % n], left[i], left[(i + 1) % n]], color);
            left.remove(i);
        }
        if let [a, b, c] = left[..] {
            self.triangle([a, b, c], color);
        }
    }

    pub(crate) fn line(&mut self, a: Vec2, b: Vec2, width: f32, color: Color) {
        let side = (b - a).normalize_or_zero().perp() * (width / 2.0);
        self.triangle([a + side, a - side, b - side], color);
        self.triangle([a + side, b - side, b + side], color);
    }

    /// A regular shape of so many corners; `turn` in radians.
    pub(crate) fn shape(&mut self, at: Vec2, radius: f32, corners: u32, turn: f32, color: Color) {
        let corner = |i: u32| at + Vec2::from_angle(turn + std::f32::consts::TAU * i as f32 / corners as f32) * radius;
        let middle = self.vertex(at, color);
        let rim: Vec<u32> = (0..corners).map(|i| self.vertex(corner(i), color)).collect();
        for i in 0..rim.len() {
            self.indices.extend([middle, rim[i], rim[(i + 1) % rim.len()]]);
        }
    }

    /// The rim of a round shape.
    pub(crate) fn ring(&mut self, at: Vec2, radius: f32, width: f32, color: Color) {
        const PARTS: u32 = 20;
        let corner = |i: u32| at + Vec2::from_angle(std::f32::consts::TAU * i as f32 / PARTS as f32) * radius;
        for i in 0..PARTS {
            self.line(corner(i), corner(i + 1), width, color);
        }
    }

    /// A line of dashes as long as the gaps between them.
    pub(crate) fn dashes(&mut self, a: Vec2, b: Vec2, width: f32, dash: f32, color: Color) {
        let whole = a.distance(b);
        // More dashes than anybody can see are a line.
        let n = ((whole / (2.0 * dash.max(1e-3))) as u32).min(400);
        for i in 0..n {
            let at = |part: f32| a.lerp(b, (i as f32 + part) / n as f32);
            self.line(at(0.0), at(0.5), width, color);
        }
    }

    /// A rectangle.
    pub(crate) fn rect(&mut self, area: Rect, color: Color) {
        let Rect { min, max } = area;
        let (left, right) = (Vec2::new(min.x, max.y), Vec2::new(max.x, min.y));
        self.triangle([min, right, max], color);
        self.triangle([min, max, left], color);
    }

    /// The rim of a rectangle.
    pub(crate) fn frame(&mut self, area: Rect, width: f32, color: Color) {
        let Rect { min, max } = area;
        let corners = [min, Vec2::new(max.x, min.y), max, Vec2::new(min.x, max.y)];
        for i in 0..4 {
            self.line(corners[i], corners[(i + 1) % 4], width, color);
        }
    }

    /// Puts it into a mesh.
    pub(crate) fn fill(&mut self, mesh: &mut Mesh) {
        // The renderer has no room for a mesh without anything in it.
        if self.positions.is_empty() {
            self.triangle([Vec2::ZERO; 3], Color::NONE);
        }
        mesh.insert_attribute(Mesh::ATTRIBUTE_POSITION, self.positions.clone());
        mesh.insert_attribute(Mesh::ATTRIBUTE_COLOR, self.colors.clone());
        mesh.insert_indices(Indices::U32(self.indices.clone()));
    }

    pub(crate) fn mesh() -> Mesh {
        let mut mesh = Mesh::new(PrimitiveTopology::TriangleList, RenderAssetUsages::default());
        Paint::default().fill(&mut mesh);
        mesh
    }
}

fn within(p: Vec2, a: Vec2, b: Vec2, c: Vec2) -> bool {
    let side = |a: Vec2, b: Vec2| (b - a).perp_dot(p - a) >= 0.0;
    side(a, b) && side(b, c) && side(c, a)
}
