//! The facts of a stack as one picture that stands alone: SVG without scripts, fonts or links.
//!
//! What is in the picture is decided in `scene`, where it stands in `layout`; here it is written.
//! Each box and each arrow is one line, so that a change of the stack is a small one of the file.

mod layout;
mod scene;

use crate::escape::{Unescapable, xml};
use crate::stack::Stack;

use layout::{BOX_HEIGHT, Layout, Point, width_of};
use scene::{Arrow, Kind, Node, Scene, Way};

/// Draw what reaches what: the internet on the left, the gateway, services, databases.
///
/// # Errors
/// [`Unescapable`] where a name has no harmless form in XML; nothing is drawn then.
pub fn svg(stack: &Stack) -> Result<String, Unescapable> {
    let scene = Scene::of(stack);
    let layout = Layout::of(&scene);
    let title = format!("What reaches what in {}", stack.name);
    Ok(frame(&title, layout.size())? + &drawing(&scene, &layout)? + "</svg>\n")
}

/// Two such graphs, one below the other: what reached what, and what does.
///
/// # Errors
/// [`Unescapable`] as of [`svg`].
pub fn svg_before_after(before: &Stack, after: &Stack) -> Result<String, Unescapable> {
    let (mut width, mut height, mut inside) = (0, 0, String::new());
    for (heading, stack) in [("before", before), ("after", after)] {
        let scene = Scene::of(stack);
        let layout = Layout::of(&scene);
        let drawing = drawing(&scene, &layout)?;
        let (wide, high) = layout.size();
        inside += &format!(
            "<text x=\"{HEADING}\" y=\"{}\" style=\"font-weight: bold\">{heading}</text>\n\
             <g transform=\"translate(0,{})\">\n{drawing}</g>\n",
            height + HEADING,
            height + 2 * HEADING,
        );
        width = width.max(wide);
        height += high + 2 * HEADING;
    }
    let title = format!("What reaches what in {}, before and after", after.name);
    Ok(frame(&title, (width, height))? + &inside + "</svg>\n")
}

/// Room left of a heading and above it, as below it.
const HEADING: i64 = 20;

/// The beginning of a picture: its size, its name for those who do not see it, its colours.
fn frame(title: &str, (width, height): (i64, i64)) -> Result<String, Unescapable> {
    let title = xml::text(title)?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>{title}</title>\n{STYLE}<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n"
    ))
}

/// Every arrow, and above them every box.
fn drawing(scene: &Scene, layout: &Layout) -> Result<String, Unescapable> {
    let mut out = String::new();
    for (index, arrow) in scene.arrows.iter().enumerate() {
        out += &line(scene, arrow, &layout.course(scene, index))?;
    }
    for (node, place) in scene.nodes.iter().zip(&layout.places) {
        out += &shape(node, *place)?;
    }
    Ok(out)
}

/// One size of letters of one width everywhere, so that a box is as wide as its text needs.
const STYLE: &str = "<style>\n\
    text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #1b1f24; }\n\
    .paper { fill: #ffffff; }\n\
    .box { fill: #f6f8fa; stroke: #57606a; }\n\
    .gateway { fill: #ddf4ff; stroke: #0969da; }\n\
    .store { fill: #fff8c5; stroke: #9a6700; }\n\
    .net { fill: #ffffff; stroke: #8250df; stroke-dasharray: 4 3; }\n\
    .internet { fill: #ffebe9; stroke: #cf222e; }\n\
    .note { font-size: 11px; fill: #cf222e; }\n\
    .label { font-size: 11px; fill: #57606a; }\n\
    .way { fill: none; stroke: #57606a; }\n\
    .street { fill: none; stroke: #cf222e; }\n\
    .member { fill: none; stroke: #8250df; stroke-dasharray: 4 3; }\n\
    </style>\n\
    <defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto-start-reverse\"><path d=\"M0 0L8 4L0 8z\" fill=\"#57606a\"/></marker></defs>\n";

/// An arrow through the gaps that the layout left for it, with its label where it arrives.
fn line(scene: &Scene, arrow: &Arrow, points: &[Point]) -> Result<String, Unescapable> {
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let Some(before) = at.checked_sub(1).and_then(|before| points.get(before)) else {
            path += &format!("M{} {}", point.x, point.y);
            continue;
        };
        // A curve that leaves and arrives level; a piece beside a box is straight.
        let middle = i64::midpoint(before.x, point.x);
        let (x, y) = (point.x, point.y);
        path += &if before.y == y {
            format!("H{x}")
        } else {
            format!("C{middle} {} {middle} {y} {x} {y}", before.y)
        };
    }
    let class = arrow.kind.class();
    let ends = match arrow.kind {
        Way::Opens | Way::Street => " marker-end=\"url(#tip)\"",
        Way::Member => " marker-start=\"url(#tip)\" marker-end=\"url(#tip)\"",
    };
    let (from, to) = (scene.name(arrow.from)?, scene.name(arrow.to)?);
    let label = match (arrow.label.as_str(), points.last()) {
        ("", _) | (_, None) => String::new(),
        (label, Some(end)) => {
            let Point { x, y } = Point { x: end.x - 12, y: end.y - 5 };
            let text = xml::text(label)?;
            format!("<text class=\"label\" x=\"{x}\" y=\"{y}\" text-anchor=\"end\">{text}</text>")
        }
    };
    Ok(format!(
        "<g><title>{from} to {to}</title><path class=\"{class}\" d=\"{path}\"{ends}/>{label}</g>\n"
    ))
}

/// A box with a name and, below it, what else it reaches.
fn shape(node: &Node, place: Point) -> Result<String, Unescapable> {
    let (width, height) = (width_of(node), BOX_HEIGHT);
    let (class, round) = match node.kind {
        Kind::Internet => ("internet", height / 2),
        Kind::Gateway => ("gateway", 4),
        Kind::Service => ("box", 4),
        Kind::Store => ("store", 10),
        Kind::Network => ("net", height / 2),
    };
    let name = xml::text(&node.name)?;
    let (x, y) = (width / 2, if node.note.is_empty() { 25 } else { 18 });
    let note = match node.note.as_str() {
        "" => String::new(),
        note => format!(
            "<text class=\"note\" x=\"{x}\" y=\"33\" text-anchor=\"middle\">{}</text>",
            xml::text(note)?
        ),
    };
    Ok(format!(
        "<g transform=\"translate({},{})\"><rect class=\"{class}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>\
         <text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{name}</text>{note}</g>\n",
        place.x, place.y
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::testing::{sample, service, written};
    use crate::stack::{Namespace, Network, NetworkName, Purpose, Role, Service, Stack};

    #[test]
    fn every_service_link_and_port_is_in_the_picture() {
        let picture = svg(&sample()).unwrap();
        for text in ["internet", "gateway", "app", "db", "80 443", "key"] {
            assert!(picture.contains(&format!(">{text}</text>")), "{text}: {picture}");
        }
        assert_eq!(arrows(&picture), ["internet to gateway", "app to db", "gateway to app"]);
        assert_eq!(picture.matches("reaches the internet").count(), 3);
    }

    #[test]
    fn both_graphs_stand_below_each_other() {
        let picture = svg_before_after(&shared(2), &sample()).unwrap();
        let (before, after) = picture.split_once(">after</text>").unwrap();
        assert_eq!(arrows(before), ["default to s00", "default to s01"]);
        assert_eq!(arrows(after), ["internet to gateway", "app to db", "gateway to app"]);
        assert_eq!(picture.matches("<svg").count(), 1);
        let (_, first) = Layout::of(&Scene::of(&shared(2))).size();
        let below = format!("translate(0,{})", first + 4 * HEADING);
        assert!(after.contains(&below), "{below}: {picture}");
    }

    #[test]
    fn a_network_of_several_is_a_box_that_they_stand_around() {
        let picture = svg(&shared(4)).unwrap();
        assert_eq!(
            arrows(&picture),
            ["default to s00", "default to s01", "default to s02", "default to s03"]
        );
    }

    #[test]
    fn boxes_do_not_overlap_and_no_arrow_passes_under_one() {
        for count in [2, 5, 12, 30] {
            let stack = chained(count);
            let scene = Scene::of(&stack);
            let layout = Layout::of(&scene);
            let boxes: Vec<_> = layout.places.iter().zip(&scene.nodes).collect();
            for (at, (one, node)) in boxes.iter().enumerate() {
                for (other, second) in boxes.iter().skip(at + 1) {
                    let beside =
                        one.x + width_of(node) <= other.x || other.x + width_of(second) <= one.x;
                    assert!(beside || (one.y - other.y).abs() >= BOX_HEIGHT, "{}", node.name);
                }
            }
            for (index, arrow) in scene.arrows.iter().enumerate() {
                for pair in layout.course(&scene, index).windows(2) {
                    let level = pair[0].y == pair[1].y;
                    let under = |(place, node): &&(&Point, &Node)| {
                        level
                            && (place.y..place.y + BOX_HEIGHT).contains(&pair[0].y)
                            && place.x < pair[1].x
                            && place.x + width_of(node) > pair[0].x
                    };
                    assert!(boxes.iter().find(under).is_none(), "{} {}", arrow.from, arrow.to);
                }
            }
        }
    }

    #[test]
    fn a_circle_of_services_is_drawn() {
        let mut stack = chained(3);
        link(&mut stack, "s02", "s00");
        let picture = svg(&stack).unwrap();
        assert!(arrows(&picture).contains(&"s02 to s00".to_owned()), "{picture}");
    }

    #[test]
    fn another_service_changes_few_lines() {
        let (before, after) = (svg(&chained(12)).unwrap(), svg(&chained(13)).unwrap());
        let new = after.lines().filter(|line| !before.lines().any(|old| old == *line)).count();
        assert!(new <= 12, "{new} lines");
    }

    #[test]
    fn who_stands_in_the_hosts_network_is_named() {
        let mut stack = sample();
        stack.services.get_mut(&service("db")).unwrap().network_namespace =
            written(Namespace::Host);
        assert!(svg(&stack).unwrap().contains(">in the host&#39;s network</text>"));
    }

    fn arrows(picture: &str) -> Vec<String> {
        let titles = picture.lines().filter_map(|line| line.strip_prefix("<g><title>"));
        titles.filter_map(|line| Some(line.split_once('<')?.0.to_owned())).collect()
    }

    /// Services without links on one network, as most Compose files have them.
    fn shared(count: usize) -> Stack {
        let mut stack = sample();
        stack.services = (0..count).map(|n| (service(&format!("s{n:02}")), plain())).collect();
        let members = stack.services.keys().cloned();
        let network = Network::new(Purpose::Shared, members);
        stack.networks = [(NetworkName::new("default").unwrap(), network)].into();
        stack
    }

    /// Services of which each reaches the next and the one after that.
    fn chained(count: usize) -> Stack {
        let mut stack = shared(count);
        stack.networks.clear();
        for n in 0..count {
            for to in (n + 1..count).take(1 + n % 2) {
                link(&mut stack, &format!("s{n:02}"), &format!("s{to:02}"));
            }
        }
        stack
    }

    fn link(stack: &mut Stack, from: &str, to: &str) {
        let (from, to) = (service(from), service(to));
        let members = [from.clone(), to.clone()];
        let network = NetworkName::link(&from, &to);
        stack.networks.insert(network, Network::new(Purpose::Link { from, to }, members));
    }

    fn plain() -> Service {
        let image = crate::stack::ImageReference::parse("nginx:1").unwrap();
        let mut service =
            Service::new(Role::Application, crate::stack::Origin::Derived, written(image));
        service.port = written(8080);
        service
    }
}
