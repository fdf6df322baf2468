package dev.signalbox.server.exec;

import dev.signalbox.delivery.queue.Sender;
import dev.signalbox.exec.ExecException;
import dev.signalbox.exec.ExecSupport;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.exec.ExecSettings.CommandSending;
import dev.signalbox.server.exec.ExecSettings.Exec;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.node.ServedChannel;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Commands of the host: for clients as the logic {@code exec}, and as a channel whose messages a command sends. */
public final class ExecFeature implements Feature {
    private static final String NAME = "exec";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Key<?>> keys() {
        return ExecKeys.ALL;
    }

    @Override
    public Part configure(Reading reading) {
        Exec exec = ExecSettings.commands(reading);
        Optional<CommandSending> sending = ExecSettings.sending(reading);
        return node -> start(node, exec, sending);
    }

    private static void start(Node node, Exec exec, Optional<CommandSending> sending) {
        var metrics = new ExecMetrics(node.registry());
        var logic = node.closing(new ExecLogic(exec, metrics));
        logic.logic().ifPresent(handler -> {
            node.clientListener(logic);
            node.logic(ExecLogic.NAME, handler);
        });
        sending.ifPresent(options -> node.channels().add(new CommandChannel(new CommandSender(options, metrics))));
        if (logic.logic().isPresent() || sending.isPresent()) {
            node.health(NAME, () -> health(ExecSupport::current));
        }
    }

    /** DEGRADED where ending a command may leave processes of it behind. */
    static Health.Report health(Supplier<ExecSupport> platform) {
        try {
            ExecSupport support = platform.get();
            return support.processGroups()
                    ? Health.Report.WELL
                    : Health.Report.degraded("commands run without process groups, so ending one may leave some of its"
                            + " processes behind: " + support.reason());
        } catch (ExecException e) {
            return Health.Report.degraded(FailureText.of(e));
        }
    }

    /** Any address will do: the command knows what it means. */
    private record CommandChannel(Sender sender) implements ServedChannel {
        @Override
        public String canonical(String address) {
            return address;
        }
    }
}
