package dev.signalbox.server.demo;

import dev.signalbox.server.command.CommandEntry;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import java.util.List;

/** The command {@code demo}, which starts a server with all features and simulated providers around it. */
public final class DemoFeature implements Feature {
    @Override
    public String name() {
        return "demo";
    }

    @Override
    public List<CommandEntry> commands(Features features) {
        return List.of(new CommandEntry("demo", DemoCommand.class, () -> new DemoCommand(features)));
    }
}
