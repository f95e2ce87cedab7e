//! What an engine would print of the drawn stack, made from compose.yaml alone, in the form of
//! Engine 20.10.24.

use std::path::Path;

use serde_json::{Value, json};

/// Containers and networks of a drawn compose.yaml, all of them well.
pub fn of(compose: &Path) -> Value {
    let text = std::fs::read_to_string(compose).expect("compose.yaml");
    let file: Value = serde_saphyr::from_str(&text).expect("YAML");
    let project = file["name"].as_str().expect("a name");
    let services = file["services"].as_object().expect("services");
    let networks = file["networks"].as_object().expect("networks");
    let containers = services.iter().map(|(name, service)| container(project, name, service));
    let networks = networks.iter().map(|(name, network)| self::network(project, name, network));
    Value::Array(containers.chain(networks).collect())
}

fn container(project: &str, name: &str, service: &Value) -> Value {
    let once = service.get("restart").is_none();
    let state = if once {
        json!({"Status": "exited", "Running": false, "ExitCode": 0})
    } else {
        json!({"Status": "running", "Running": true, "Health": {"Status": "healthy", "FailingStreak": 0}})
    };
    let attached = list(service, "networks");
    let attached: serde_json::Map<String, Value> =
        attached.map(|network| (format!("{project}_{}", word(network)), json!({}))).collect();
    json!({
        "Id": format!("id-{name}"),
        "Name": format!("/{project}-{name}-1"),
        "Image": "sha256:0",
        "State": state,
        "Config": {
            "Image": service["image"],
            "User": service["user"],
            "Env": ["PASSWORD=never-to-be-printed"],
            "Labels": {"com.docker.compose.project": project, "com.docker.compose.service": name},
        },
        "HostConfig": host_config(service),
        "Mounts": mounts(project, service),
        "NetworkSettings": {"Networks": attached},
    })
}

fn host_config(service: &Value) -> Value {
    let tmpfs = list(service, "tmpfs").map(|line| {
        let (path, options) = word(line).split_once(':').expect("options");
        (path.to_owned(), json!(options))
    });
    let mut ports = serde_json::Map::new();
    for line in list(service, "ports") {
        let parts: Vec<&str> = word(line).split(':').collect();
        let port = json!({"HostIp": parts[0], "HostPort": parts[1]});
        ports.insert(format!("{}/tcp", parts[2]), json!([port]));
    }
    let billionths = |cpus: &Value| (cpus.as_f64().expect("a share") * 1e9) as i64;
    json!({
        "Privileged": false,
        "ReadonlyRootfs": service["read_only"].as_bool().unwrap_or(false),
        "CapAdd": null,
        "CapDrop": service["cap_drop"],
        "SecurityOpt": service["security_opt"],
        "NetworkMode": "drawn",
        "PidMode": "",
        "IpcMode": service["ipc"],
        "Memory": bytes(word(&service["mem_limit"])),
        "NanoCpus": billionths(&service["cpus"]),
        "PidsLimit": service["pids_limit"],
        "PortBindings": ports,
        "Tmpfs": tmpfs.collect::<serde_json::Map<_, _>>(),
        "Devices": null,
    })
}

fn mounts(project: &str, service: &Value) -> Vec<Value> {
    let mut mounts = Vec::new();
    for mount in list(service, "volumes") {
        let source = word(&mount["source"]);
        let writable = mount["read_only"] != true;
        let name =
            if mount["type"] == "volume" { format!("{project}_{source}") } else { String::new() };
        mounts.push(json!({
            "Type": mount["type"], "Name": name, "Source": "/somewhere", "Destination": mount["target"], "RW": writable,
        }));
    }
    for config in list(service, "configs") {
        mounts.push(json!({"Type": "bind", "Source": "/somewhere", "Destination": config["target"], "RW": false}));
    }
    for secret in list(service, "secrets") {
        let to = format!("/run/secrets/{}", word(secret));
        mounts
            .push(json!({"Type": "bind", "Source": "/somewhere", "Destination": to, "RW": false}));
    }
    mounts
}

fn network(project: &str, name: &str, network: &Value) -> Value {
    json!({
        "Id": format!("network-{name}"),
        "Name": format!("{project}_{name}"),
        "Driver": "bridge",
        "Internal": network["internal"] == true,
        "IPAM": {"Driver": "default", "Config": [{"Subnet": network["ipam"]["config"][0]["subnet"]}]},
        "Options": network["driver_opts"],
        "Labels": {"com.docker.compose.project": project, "com.docker.compose.network": name},
    })
}

fn list<'v>(service: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    service.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

/// `512m`, `1g`.
fn bytes(text: &str) -> u64 {
    let (number, unit) = text.split_at(text.len() - 1);
    let shift = match unit {
        "k" => 10,
        "m" => 20,
        "g" => 30,
        other => panic!("an unknown unit {other}"),
    };
    number.parse::<u64>().expect("a number") << shift
}
