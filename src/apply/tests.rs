//! Planning, case by case: a stack of three services and a job, and one thing that differs.

use std::collections::{BTreeMap, BTreeSet};

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::engine::{
    CONFIG_HASH_LABEL, Container, Endpoint, IMAGE_LABEL, Inspection, IpamSettings, IpamSubnet,
    NETWORK_LABEL, Network, SERVICE_LABEL,
};

const STARTED: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
const NETWORKS: [(&str, &str); 3] =
    [("api--store", "10.9.0.0/29"), ("gateway--api", "10.9.0.8/29"), ("ingress", "10.9.0.16/29")];

fn before() -> OffsetDateTime {
    STARTED - Duration::minutes(5)
}

fn after() -> OffsetDateTime {
    STARTED + Duration::minutes(5)
}

fn service(name: &str, networks: &[&str], starts_after: &[&str]) -> DrawnService {
    DrawnService {
        hash: format!("hash of {name}"),
        image: format!("shop/{name}:1"),
        image_id: format!("sha256:{name}"),
        sources: None,
        networks: networks.iter().map(ToString::to_string).collect(),
        after: starts_after.iter().map(ToString::to_string).collect(),
        secrets: Vec::new(),
        job: false,
        replicas: 1,
    }
}

fn drawn() -> Drawn {
    let mut api = service("api", &["api--store", "gateway--api"], &["store", "migrate"]);
    let newest = Changed { at: before(), file: "api/main.py".to_owned() };
    api.sources = Some(Sources { newest, built: STARTED });
    api.secrets = vec![Changed { at: before(), file: "key".to_owned() }];
    let migrate = DrawnService { job: true, ..service("migrate", &["api--store"], &["store"]) };
    let services = [
        ("api", api),
        ("gateway", service("gateway", &["gateway--api", "ingress"], &[])),
        ("migrate", migrate),
        ("store", service("store", &["api--store"], &[])),
    ];
    let network = |subnet: &str| DrawnNetwork {
        subnets: BTreeSet::from([subnet.to_owned()]),
        ..DrawnNetwork::default()
    };
    Drawn {
        project: "shop".to_owned(),
        services: services.map(|(name, service)| (name.to_owned(), service)).into(),
        idle: BTreeSet::new(),
        networks: NETWORKS.map(|(name, subnet)| (name.to_owned(), network(subnet))).into(),
        gateway: Configuration {
            files: vec![
                Changed { at: before(), file: "gateway/".to_owned() },
                Changed { at: before(), file: "gateway/nginx.conf".to_owned() },
            ],
            hash_but_for_files: "hash of gateway".to_owned(),
        },
    }
}

/// What runs when `drawn` was brought up.
fn running(drawn: &Drawn) -> Running {
    let network = |(key, drawn): (&String, &DrawnNetwork)| Network {
        id: format!("id of {key}"),
        name: format!("shop_{key}"),
        ipam: IpamSettings {
            config: drawn.subnets.iter().map(|s| IpamSubnet { subnet: s.clone() }).collect(),
        },
        labels: BTreeMap::from([(NETWORK_LABEL.to_owned(), key.clone())]),
        ..Network::default()
    };
    let containers = drawn.services.iter().map(|(name, service)| container(name, service));
    let inspection = Inspection {
        containers: containers.collect(),
        networks: drawn.networks.iter().map(network).collect(),
    };
    Running { inspection, loaded: Some(STARTED), ..Running::default() }
}

fn container(name: &str, service: &DrawnService) -> Container {
    let mut container = Container { id: name.to_owned(), ..Container::default() };
    container.config.image = service.image.clone();
    container.config.labels = BTreeMap::from([
        (SERVICE_LABEL.to_owned(), name.to_owned()),
        (CONFIG_HASH_LABEL.to_owned(), service.hash.clone()),
        (IMAGE_LABEL.to_owned(), service.image_id.clone()),
    ]);
    let ends = service.networks.iter().map(|key| {
        let end = Endpoint { network_id: format!("id of {key}"), ..Endpoint::default() };
        (format!("shop_{key}"), end)
    });
    container.network_settings.networks = ends.collect();
    container.state.status = if service.job { "exited" } else { "running" }.to_owned();
    container.state.running = !service.job;
    container.state.started_at = "2026-11-22T12:00:00.123456789Z".to_owned();
    container
}

/// What is done when the running stack was brought up from `drawn()`, and `change` happened then.
fn after_change(change: impl FnOnce(&mut Drawn, &mut Running)) -> Vec<String> {
    let mut drawn = drawn();
    let mut running = running(&drawn);
    change(&mut drawn, &mut running);
    plan(&drawn, &running).actions().map(ToString::to_string).collect()
}

fn of<'a>(drawn: &'a mut Drawn, name: &str) -> &'a mut DrawnService {
    drawn.services.get_mut(name).unwrap()
}

fn at<'a>(running: &'a mut Running, name: &str) -> &'a mut Container {
    running.inspection.containers.iter_mut().find(|one| one.service() == name).unwrap()
}

#[test]
fn what_is_as_drawn_is_left_alone() {
    assert_eq!(after_change(|_, _| {}), [""; 0]);
}

#[test]
fn everything_is_created_in_the_order_of_the_start() {
    let actions = after_change(|_, running| *running = Running::default());
    assert_eq!(actions, ["create gateway", "create store", "create migrate", "create api"]);
}

#[test]
fn another_definition_recreates_its_service_alone() {
    let actions = after_change(|drawn, _| of(drawn, "store").hash = "another".to_owned());
    assert_eq!(actions, ["recreate store"]);
}

#[test]
fn another_image_recreates() {
    let actions = after_change(|drawn, _| of(drawn, "store").image_id = "sha256:new".to_owned());
    assert_eq!(actions, ["recreate store"]);
}

#[test]
fn an_image_that_is_not_there_is_fetched_before_anything_else() {
    let actions = after_change(|drawn, _| {
        of(drawn, "store").image_id = String::new();
        of(drawn, "api").sources.as_mut().unwrap().newest.at = after();
    });
    assert_eq!(actions, ["pull store", "build api", "recreate store", "recreate api"]);
}

#[test]
fn changed_sources_recreate_only_if_they_give_another_image() {
    let mut drawn = drawn();
    let running = running(&drawn);
    of(&mut drawn, "api").sources.as_mut().unwrap().newest.at = after();
    let plan = plan(&drawn, &running);
    let expected = Action::Up { service: "api".into(), how: How::RecreateIfImageDiffers };
    assert_eq!(plan.actions().last(), Some(&expected));
    assert!(plan.to_string().contains("api/main.py changed since the image was built"), "{plan}");
}

#[test]
fn a_new_consumer_recreates_what_it_needs() {
    let actions = after_change(|drawn, _| {
        let worker = service("worker", &["worker--store"], &["store"]);
        drawn.services.insert("worker".to_owned(), worker);
        let store = of(drawn, "store");
        store.hash = "another".to_owned();
        store.networks.insert("worker--store".to_owned());
        drawn.networks.insert("worker--store".to_owned(), DrawnNetwork::default());
    });
    assert_eq!(actions, ["recreate store", "create worker"]);
}

#[test]
fn what_left_the_file_goes_last_and_its_networks_after_it() {
    let actions = after_change(|drawn, _| {
        drawn.services.remove("store");
        drawn.networks.remove("api--store");
        of(drawn, "api").hash = "another".to_owned();
    });
    assert_eq!(actions, ["recreate api", "remove store", "remove network shop_api--store"]);
}

#[test]
fn a_service_of_a_profile_that_nobody_asked_for_is_left_alone() {
    let actions = after_change(|drawn, _| {
        drawn.services.remove("store");
        drawn.idle.insert("store".to_owned());
    });
    assert_eq!(actions, [""; 0]);
}

#[test]
fn a_network_whose_addresses_are_wanted_goes_first() {
    let actions = after_change(|drawn, _| {
        let gone = drawn.networks.remove("api--store").unwrap();
        drawn.networks.insert("api--cache".to_owned(), gone);
        for name in ["api", "store"] {
            of(drawn, name).hash = "another".to_owned();
        }
    });
    assert_eq!(actions, ["remove network shop_api--store", "recreate store", "recreate api"]);
}

#[test]
fn other_addresses_make_the_network_and_who_is_on_it_anew() {
    let actions = after_change(|drawn, _| {
        let network = drawn.networks.get_mut("ingress").unwrap();
        network.subnets = BTreeSet::from(["10.9.1.0/29".to_owned()]);
    });
    assert_eq!(actions, ["remove network shop_ingress", "recreate gateway"]);
}

#[test]
fn who_is_not_on_its_network_is_made_anew() {
    let actions = after_change(|_, running| at(running, "api").network_settings.networks.clear());
    assert_eq!(actions, ["recreate api"]);
}

#[test]
fn changed_gateway_files_are_tested_and_loaded() {
    let change = |drawn: &mut Drawn, _: &mut Running| {
        of(drawn, "gateway").hash = "another label".to_owned();
        drawn.gateway.files[1].at = after();
    };
    assert_eq!(after_change(change), ["test gateway", "reload gateway"]);
}

#[test]
fn loaded_files_leave_a_label_behind_that_is_no_reason() {
    let actions = after_change(|drawn, _| of(drawn, "gateway").hash = "another label".to_owned());
    assert_eq!(actions, [""; 0]);
}

#[test]
fn files_that_are_back_at_the_labels_state_are_loaded_all_the_same() {
    let actions = after_change(|drawn, _| drawn.gateway.files[1].at = after());
    assert_eq!(actions, ["test gateway", "reload gateway"]);
}

#[test]
fn where_the_load_cannot_be_seen_the_start_of_the_container_counts() {
    let actions = after_change(|drawn, running| {
        running.loaded = None;
        drawn.gateway.files[1].at = after();
    });
    assert_eq!(actions, ["test gateway", "reload gateway"]);
}

#[test]
fn another_definition_of_the_gateway_recreates_it_after_a_test() {
    let mut drawn = drawn();
    let running = running(&drawn);
    drawn.gateway.files[1].at = after();
    drawn.gateway.hash_but_for_files = "another".to_owned();
    of(&mut drawn, "gateway").hash = "another".to_owned();
    let plan = plan(&drawn, &running);
    let up = Action::Up { service: "gateway".into(), how: How::Recreate };
    assert_eq!(plan.actions().collect::<Vec<_>>(), [&Action::Test { anew: true }, &up]);
}

#[test]
fn a_new_secret_restarts_its_readers_alone() {
    let actions = after_change(|drawn, _| of(drawn, "api").secrets[0].at = after());
    assert_eq!(actions, ["restart api"]);
}

#[test]
fn who_is_recreated_needs_no_restart() {
    let actions = after_change(|drawn, _| {
        let api = of(drawn, "api");
        api.secrets[0].at = after();
        api.hash = "another".to_owned();
    });
    assert_eq!(actions, ["recreate api"]);
}

#[test]
fn a_gateway_that_lost_its_folder_is_tested_elsewhere_and_restarted() {
    let mut drawn = drawn();
    let mut running = running(&drawn);
    drawn.gateway.files[1].at = after();
    running.replaced.insert("gateway".to_owned(), "/srv/gateway".to_owned());
    let plan = plan(&drawn, &running);
    let restart = Action::Restart { service: "gateway".into() };
    assert_eq!(plan.actions().collect::<Vec<_>>(), [&Action::Test { anew: true }, &restart]);
}

#[test]
fn a_job_that_ended_well_is_not_run_again() {
    let code = |code: i64| {
        move |_: &mut Drawn, running: &mut Running| at(running, "migrate").state.exit_code = code
    };
    assert_eq!(after_change(code(0)), [""; 0]);
    assert_eq!(after_change(code(1)), ["start migrate"]);
}

#[test]
fn after_a_reboot_everything_that_ended_is_started() {
    let actions = after_change(|_, running| {
        for name in ["api", "gateway", "store"] {
            let state = &mut at(running, name).state;
            (state.status, state.running, state.exit_code) = ("exited".to_owned(), false, 127);
        }
    });
    assert_eq!(actions, ["start gateway", "start store", "start api"]);
}

#[test]
fn another_number_of_containers_is_brought_up() {
    let actions = after_change(|drawn, _| of(drawn, "api").replicas = 3);
    assert_eq!(actions, ["create api"]);
}

#[test]
fn reasons_say_what_can_be_seen() {
    let mut drawn = drawn();
    let running = running(&drawn);
    let api = of(&mut drawn, "api");
    api.hash = "another".to_owned();
    api.image = "shop/api:2".to_owned();
    api.networks = BTreeSet::from(["gateway--api".to_owned(), "egress".to_owned()]);
    let told = plan(&drawn, &running).to_string();
    let why = "image shop/api:2 instead of shop/api:1, joins egress, leaves api--store";
    assert!(told.contains(why), "{told}");
}
