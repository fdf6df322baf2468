package dev.signalbox.server.systemd;

import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import java.util.Map;
import java.util.Optional;

/**
 * Where systemd runs the server as a service of {@code Type=notify}, tells it when the server is ready and when it stops, and, with
 * {@code WatchdogSec=}, that it is alive. The environment says where and how often, as in sd_notify(3); without it, nothing happens.
 */
public final class SystemdFeature implements Feature {
    private final Map<String, String> environment;

    public SystemdFeature() {
        this(System.getenv());
    }

    SystemdFeature(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "systemd";
    }

    @Override
    public Part configure(Reading reading) {
        return node -> Optional.ofNullable(environment.get("NOTIFY_SOCKET"))
                .ifPresent(address -> new ServiceManager(address, environment).follow(node));
    }
}
