package dev.signalbox.server.observatory;

import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.NodeSettings;
import dev.signalbox.server.observatory.ObservatorySettings.LogShipping;
import java.util.List;
import java.util.Optional;

/**
 * Ships this node's log, and what is logged on behalf of a request or message to where that wants it. The first feature to
 * start and the last to close, so that the log of the others is shipped, too.
 */
public final class ObservatoryFeature implements Feature {
    @Override
    public String name() {
        return "observatory";
    }

    @Override
    public List<Key<?>> keys() {
        return ObservatoryKeys.ALL;
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("logs", LogsCommand.class, () -> new LogsCommand()));
    }

    @Override
    public List<CommandEntry> simulators() {
        return List.of(new CommandEntry(
                "observatory", ObservatorySimulatorCommand.class, () -> new ObservatorySimulatorCommand()));
    }

    @Override
    public Part configure(Reading reading) {
        var folder = NodeSettings.read(reading).dataFolder();
        Optional<LogShipping> shipping = new ObservatorySettings(reading).compose(folder);
        return node -> {
            Optional<ShippedLog> log = shipping.map(it -> start(node, it));
            node.api(new LogRoutes(log.map(ShippedLog::observatory)).api());
        };
    }

    private static ShippedLog start(Node node, LogShipping shipping) {
        ShippedLog log = node.closing(ShippedLog.open(shipping, node.registry()));
        node.health("observatory", log::health);
        node.aroundRequests(log.filter());
        node.aroundLogic(LogContexts::around);
        // Not before: other features change the options of the router.
        node.whenOpening(() -> node.router().onReceive(log.contexts()));
        return log;
    }
}
