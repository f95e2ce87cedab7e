//! Where everything stands: columns from left to right, each arrow from one to the next.
//!
//! The layered drawing of Sugiyama, Tagawa and Toda (1981) in its plainest form: an arrow that
//! passes a column gets a gap of its own there, so that no arrow ever crosses a box, and each
//! column is sorted by where its neighbours stand.

use std::collections::{BTreeMap, BTreeSet};

use super::scene::{Arrow, INTERNET, Kind, Node, Scene};

/// Height of every box.
pub(super) const BOX_HEIGHT: i64 = 40;

/// From one row of a column to the next.
const ROW: i64 = 60;
/// Least distance of two columns.
const GAP: i64 = 80;
/// Around everything.
const MARGIN: i64 = 20;
/// Width of a letter of 13 px, and of a label's 11 px, rounded up.
const LETTER: i64 = 8;
const SMALL_LETTER: i64 = 7;
/// Sweeps over the columns; more change nothing in stacks of a few dozen services.
const SWEEPS: usize = 8;

/// Upper left corner of a box, or a point of an arrow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) x: i64,
    pub(super) y: i64,
}

pub(super) struct Layout {
    /// Upper left corner of each box, in the order of the scene.
    pub(super) places: Vec<Point>,
    columns: Vec<Column>,
    /// Column of each box.
    column: Vec<usize>,
}

#[derive(Default)]
struct Column {
    cells: Vec<Cell>,
    left: i64,
    width: i64,
}

/// What takes a row of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Box(usize),
    /// An arrow on its way.
    Gap(usize),
}

impl Layout {
    pub(super) fn of(scene: &Scene) -> Self {
        let column = columns_of(scene);
        let count = column.iter().max().map_or(0, |last| last + 1);
        let mut columns: Vec<Column> = (0..count).map(|_| Column::default()).collect();
        for (node, &at) in column.iter().enumerate() {
            columns.get_mut(at).into_iter().for_each(|column| column.cells.push(Cell::Box(node)));
        }
        let mut layout = Self { places: Vec::new(), columns, column };
        for (index, arrow) in scene.arrows.iter().enumerate() {
            let (from, to) = layout.span(arrow);
            let passed = layout.columns.iter_mut().take(to).skip(from + 1);
            passed.for_each(|column| column.cells.push(Cell::Gap(index)));
        }
        layout.sort(scene);
        layout.place(scene);
        layout
    }

    pub(super) fn size(&self) -> (i64, i64) {
        let right = self.columns.last().map_or(0, |last| last.left + last.width);
        (right + GAP / 2, self.longest() * ROW - (ROW - BOX_HEIGHT) + 2 * MARGIN)
    }

    /// The points of an arrow: out of its box, through its gaps, into its box. One that leads
    /// back leaves on the left; one within a column goes around on the right.
    pub(super) fn course(&self, scene: &Scene, index: usize) -> Vec<Point> {
        let Some(arrow) = scene.arrows.get(index) else { return Vec::new() };
        let side = |node: usize, right: bool| {
            let (place, node) = (self.places.get(node)?, scene.nodes.get(node)?);
            let x = if right { place.x + width_of(node) } else { place.x };
            Some(Point { x, y: place.y + BOX_HEIGHT / 2 })
        };
        let (first, last) = (self.column_of(arrow.from), self.column_of(arrow.to));
        let (from, to) = self.span(arrow);
        let mut points: Vec<Point> = Vec::new();
        for passed in self.columns.iter().take(to).skip(from + 1) {
            let row = passed.cells.iter().position(|cell| *cell == Cell::Gap(index));
            let y = self.top(passed) + length(row.unwrap_or(0)) * ROW + BOX_HEIGHT / 2;
            points.extend([passed.left, passed.left + passed.width].map(|x| Point { x, y }));
        }
        if first > last {
            points.reverse();
        }
        // A narrow box leaves room to its right that another row's box may fill.
        let edge = |column: usize| self.columns.get(column).map(|c| c.left + c.width);
        let (start, end) = (side(arrow.from, first <= last), side(arrow.to, first >= last));
        if let (true, Some(start), Some(end), Some(x)) = (first == last, start, end, edge(first)) {
            points.push(Point { x: x + GAP / 3, y: i64::midpoint(start.y, end.y) });
        }
        let leaving = start.filter(|_| first <= last).zip(edge(first));
        let arriving = end.filter(|_| first >= last).zip(edge(last));
        let level = |beside: Option<(Point, i64)>| beside.map(|(at, x)| Point { x, y: at.y });
        let (leaving, arriving) = (level(leaving), level(arriving));
        let inner = leaving.into_iter().chain(points).chain(arriving);
        start.into_iter().chain(inner).chain(end).collect()
    }

    /// Each column in the order of where its neighbours stand, from left to right and back.
    fn sort(&mut self, scene: &Scene) {
        let touching = touching(scene);
        for sweep in 0..SWEEPS {
            let last = self.columns.len().saturating_sub(1);
            for step in 1..self.columns.len() {
                let (here, beside) =
                    if sweep % 2 == 0 { (step, step - 1) } else { (last - step, last - step + 1) };
                self.sort_column(here, beside, &touching);
            }
        }
    }

    fn sort_column(&mut self, here: usize, beside: usize, touching: &[Vec<usize>]) {
        let arrows = |cell: &Cell| match *cell {
            Cell::Box(node) => touching.get(node).cloned().unwrap_or_default(),
            Cell::Gap(arrow) => vec![arrow],
        };
        let ordered = |column: Option<&Column>| {
            let cells = column.map(|column| column.cells.clone()).unwrap_or_default();
            let middle = length(cells.len()) * 500;
            let row = move |row: usize| length(row) * 1000 - middle;
            cells.into_iter().enumerate().map(move |(at, cell)| (row(at), cell)).collect::<Vec<_>>()
        };
        let mut row_of: BTreeMap<usize, i64> = BTreeMap::new();
        for (row, cell) in ordered(self.columns.get(beside)) {
            row_of.extend(arrows(&cell).into_iter().map(|arrow| (arrow, row)));
        }
        let mut cells = ordered(self.columns.get(here));
        for (row, cell) in &mut cells {
            let rows: Vec<i64> =
                arrows(cell).iter().filter_map(|a| row_of.get(a).copied()).collect();
            // What has no neighbour there stays where it is.
            *row = rows.iter().sum::<i64>().checked_div(length(rows.len())).unwrap_or(*row);
        }
        cells.sort_by_key(|(row, _)| *row);
        if let Some(column) = self.columns.get_mut(here) {
            column.cells = cells.into_iter().map(|(_, cell)| cell).collect();
        }
    }

    fn place(&mut self, scene: &Scene) {
        let mut left = MARGIN;
        for index in 0..self.columns.len() {
            let nodes = scene.nodes.iter().zip(&self.column).filter(|(_, at)| **at == index);
            let width = nodes.map(|(node, _)| width_of(node)).max().unwrap_or(0);
            // Labels stand before the box at which their arrow arrives.
            let arriving = scene.arrows.iter().filter(|arrow| self.column_of(arrow.to) == index);
            let label = arriving.map(|arrow| arrow.label.chars().count()).max().unwrap_or(0);
            left += if index == 0 { 0 } else { GAP.max(length(label) * SMALL_LETTER + 40) };
            if let Some(column) = self.columns.get_mut(index) {
                (column.left, column.width) = (left, width);
            }
            left += width;
        }
        let mut places = vec![Point { x: 0, y: 0 }; scene.nodes.len()];
        for column in &self.columns {
            for (row, cell) in column.cells.iter().enumerate() {
                let Cell::Box(node) = cell else { continue };
                if let Some(place) = places.get_mut(*node) {
                    *place = Point { x: column.left, y: self.top(column) + length(row) * ROW };
                }
            }
        }
        self.places = places;
    }

    fn column_of(&self, node: usize) -> usize {
        self.column.get(node).copied().unwrap_or_default()
    }

    /// The columns of an arrow's ends, the left one first.
    fn span(&self, arrow: &Arrow) -> (usize, usize) {
        let (from, to) = (self.column_of(arrow.from), self.column_of(arrow.to));
        (from.min(to), from.max(to))
    }

    /// Columns stand centred beside the longest one.
    fn top(&self, column: &Column) -> i64 {
        MARGIN + (self.longest() - length(column.cells.len())) * ROW / 2
    }

    fn longest(&self) -> i64 {
        length(self.columns.iter().map(|column| column.cells.len()).max().unwrap_or(0))
    }
}

/// As wide as its text needs.
pub(super) fn width_of(node: &Node) -> i64 {
    let note = length(node.note.chars().count()) * SMALL_LETTER;
    (length(node.name.chars().count()) * LETTER).max(note) + 24
}

/// The arrows of each box.
fn touching(scene: &Scene) -> Vec<Vec<usize>> {
    let mut touching = vec![Vec::new(); scene.nodes.len()];
    for (index, arrow) in scene.arrows.iter().enumerate() {
        for node in [arrow.from, arrow.to] {
            touching
                .get_mut(node)
                .into_iter()
                .for_each(|arrows: &mut Vec<usize>| arrows.push(index));
        }
    }
    touching
}

/// One column further than everything that reaches it; databases at the far end. Where services
/// reach each other in a circle, the first by name comes first and an arrow leads back.
fn columns_of(scene: &Scene) -> Vec<usize> {
    let gateway = scene.nodes.iter().any(|node| node.kind == Kind::Gateway);
    let least = |node: &Node| match node.kind {
        Kind::Internet => 0,
        Kind::Gateway => 1,
        Kind::Service | Kind::Store | Kind::Network => 1 + usize::from(gateway),
    };
    let mut column: Vec<usize> = scene.nodes.iter().map(least).collect();
    let mut leaving = vec![Vec::new(); scene.nodes.len()];
    let mut awaited = vec![0_usize; scene.nodes.len()];
    for arrow in &scene.arrows {
        leaving.get_mut(arrow.from).into_iter().for_each(|to: &mut Vec<usize>| to.push(arrow.to));
        awaited.get_mut(arrow.to).into_iter().for_each(|count| *count += 1);
    }
    let mut left: BTreeSet<usize> = (0..scene.nodes.len()).collect();
    let mut ready = BTreeSet::from([INTERNET]);
    ready
        .extend(awaited.iter().enumerate().filter(|(_, count)| **count == 0).map(|(node, _)| node));
    while let Some(node) = ready.pop_first().or_else(|| left.first().copied()) {
        left.remove(&node);
        let next = column.get(node).map_or(0, |at| at + 1);
        for &to in leaving.get(node).into_iter().flatten().filter(|to| left.contains(to)) {
            column.get_mut(to).into_iter().for_each(|at| *at = next.max(*at));
            let Some(count) = awaited.get_mut(to) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 {
                ready.insert(to);
            }
        }
    }
    let last = column.iter().max().copied().unwrap_or(0);
    for ((node, at), leaving) in scene.nodes.iter().zip(&mut column).zip(&leaving) {
        if node.kind == Kind::Store && leaving.is_empty() {
            *at = last;
        }
    }
    column
}

/// A number of letters or rows as a coordinate.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX / (1 << 20))
}
