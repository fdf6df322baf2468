package dev.signalbox.server.hooks;

import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import java.util.List;

/** Hooks: a backend is asked about clients. Before the feature that lets clients in. */
public final class HooksFeature implements Feature {
    @Override
    public String name() {
        return "hooks";
    }

    @Override
    public List<Key<?>> keys() {
        return HookKeys.ALL;
    }

    @Override
    public Part configure(Reading reading) {
        HookSettings settings = HookSettings.read(reading);
        return node -> {
            if (!settings.urls().isEmpty()) {
                start(node, settings);
            }
        };
    }

    private static void start(Node node, HookSettings settings) {
        var metrics = new HookMetrics(node.registry(), settings.urls().keySet());
        HookCaller caller = node.closing(new HookCaller(settings, metrics));
        if (settings.urls().containsKey(Hook.CONNECT)) {
            node.aroundAuthentication(tokens -> new ConnectHook(tokens, caller, settings.away()));
        }
        node.whenOpening(() -> node.router().gate(new TopicHooks(settings, caller)));
        node.health(
                "hooks",
                () -> caller.isOpen()
                        ? Health.Report.degraded("the backend of hooks.* does not answer; clients are "
                                + (settings.away() == HookKeys.WhenAway.ALLOW
                                        ? "let in and allowed without asking it"
                                        : "told to try again later"))
                        : Health.Report.WELL);
    }
}
