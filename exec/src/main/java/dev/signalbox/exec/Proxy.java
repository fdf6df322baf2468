package dev.signalbox.exec;

import java.io.Console;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Runs a command in place of this process, for as long as it takes. */
final class Proxy {
    /** How long it takes to notice Ctrl-Z. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private Proxy() {}

    static Exit run(Command command) throws InterruptedException {
        boolean groups = command.backend().support().processGroups();
        Optional<Terminal> terminal = groups ? Terminal.ifOurs() : Optional.empty();
        boolean clean = false;
        try (SignalForwarder forwarder = SignalForwarder.open(direct(groups, terminal.isPresent()))) {
            var execution =
                    Execution.start(new Execution.Request(command, Backend.Outputs.INHERITED, Sink.NONE, Sink.NONE));
            forwarder.to(execution.run());
            if (terminal.isPresent()) {
                atTerminal(terminal.get(), execution);
            }
            Exit exit =
                    execution.check(execution.await(), Output.NONE, Output.NONE).exit();
            clean = exit instanceof Exit.Code;
            return exit;
        } finally {
            boolean restore = !clean;
            terminal.ifPresent(t -> t.takeBack(restore));
        }
    }

    /**
     * Signals not to be forwarded. Stopping and going on is done by {@link #atTerminal}. Without a group of its own, the command
     * gets itself what keys send.
     */
    private static Set<String> direct(boolean groups, boolean terminal) {
        if (groups) {
            return terminal ? Set.of("TSTP", "CONT") : Set.of();
        }
        boolean keys = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return keys ? Set.of("HUP", "INT", "TSTP", "CONT", "WINCH") : Set.of();
    }

    private static void atTerminal(Terminal terminal, Execution execution) throws InterruptedException {
        int group = Math.toIntExact(execution.run().pid());
        if (!Terminal.isGivenAtStart()) {
            terminal.give(group);
            // It may have asked for the terminal before it had it, and have been stopped for that.
            execution.run().signal(Libc.SIGCONT);
        }
        while (!execution.await(LOOK)) {
            if (Libc.wasStopped(group)) {
                terminal.takeBack(true);
                terminal.stopJob();
                terminal.give(group);
                execution.run().signal(Libc.SIGCONT);
            }
        }
    }
}
