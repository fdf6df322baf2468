package dev.signalbox.server.node;

import java.util.Map;

/** How one component fares, and how all of them together do. */
public enum Health {
    UP,
    DEGRADED,
    DOWN;

    /**
     * The whole node.
     *
     * @param components by name; the one named {@code database} decides whether {@code GET /health} answers 503
     * @param ready whether work may be routed here: admission is open, the role allows it, nothing vital is down
     */
    public record Report(Map<String, Health> components, boolean ready) {
        public Report {
            components = Map.copyOf(components);
        }

        /** The worst of all components; UP if there are none. */
        public Health worst() {
            return components.values().stream().max(Enum::compareTo).orElse(UP);
        }
    }
}
