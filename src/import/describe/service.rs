//! One service: every key is taken by one concern.

use super::Describing;
use crate::compose;
use crate::import::draft::DraftService;
use crate::import::profiles;
use crate::knowledge::Dialect;

impl Describing<'_> {
    /// Describe a service; what other services say of it follows later.
    pub(super) fn service(&mut self, name: &str, keys: &compose::Service) -> DraftService {
        let compose::Service {
            image,
            build,
            container_name,
            // Taken together with those of all services.
            depends_on: _,
            environment: _,
            ports: _,
            volumes,
            volumes_from,
            configs,
            secrets,
            env_file,
            networks,
            network_mode,
            extra_hosts,
            command,
            entrypoint,
            working_dir,
            restart,
            healthcheck: _,
            logging,
            labels,
            user,
            isolation,
            cap_add,
            cap_drop,
            cpus,
            deploy,
            devices,
            group_add,
            init,
            ipc,
            mem_limit,
            memswap_limit,
            pid,
            pids_limit,
            privileged,
            profiles,
            pull_policy,
            read_only,
            security_opt,
            stop_grace_period,
            tmpfs,
            ulimits,
            carried,
            places: _,
        } = keys;
        let base = self.base(name, keys, image.as_deref(), build.as_ref());
        let mut out = DraftService::new(self.names.of_service(name), base);
        out.accounts = self.used(&out.base).is_none_or(|(known, _)| known.dialect == Dialect::None);
        out.profile = profiles::of(keys);
        self.program(name, command.as_ref(), entrypoint.as_ref(), &mut out);
        self.runs_as(name, user.as_deref(), group_add, *init, &mut out);
        self.lifetime(name, restart.as_deref(), stop_grace_period.as_deref(), profiles, &mut out);
        self.health(name, keys, &mut out);
        self.mounts(name, volumes, volumes_from.as_ref(), &mut out);
        self.memory_mounts(name, tmpfs, &mut out);
        self.files(name, configs, secrets, &mut out);
        self.amounts(
            name,
            [cpus.as_ref(), pids_limit.as_ref()],
            [mem_limit, memswap_limit],
            &mut out,
        );
        self.deploy(name, deploy.as_ref(), &mut out);
        self.ulimits(name, ulimits, &mut out);
        self.privileges(name, *privileged, *read_only, cap_add, cap_drop, &mut out);
        self.namespaces(name, [network_mode, pid, ipc], devices, security_opt, &mut out);
        self.belonging(name, networks, container_name.as_ref(), env_file.as_ref());
        self.labels(name, labels, &mut out);
        self.logging(name, logging.as_ref());
        let placed = [
            ("extra_hosts", extra_hosts.clone()),
            ("working_dir", working_dir.clone()),
            ("isolation", isolation.clone()),
            ("pull_policy", pull_policy.clone().map(serde_json::Value::String)),
        ];
        let placed = placed.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let free = carried.iter().map(|(key, value)| (key.clone(), value.clone()));
        for (key, value) in placed.chain(free) {
            self.raw(name, &key, &value, &mut out);
        }
        self.confinement(name, keys, &mut out);
        out
    }
}
