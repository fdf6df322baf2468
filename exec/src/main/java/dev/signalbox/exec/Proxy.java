package dev.signalbox.exec;

import java.time.Duration;
import java.util.Optional;

/** Runs a command in place of this process, for as long as it takes. */
final class Proxy {
    /** How long it takes to notice Ctrl-Z. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private Proxy() {}

    static Exit run(Command command) throws InterruptedException {
        boolean groups = command.backend().support().processGroups();
        Optional<Terminal> terminal = groups ? Terminal.ifOurs() : Optional.empty();
        boolean clean = false;
        try (Relay relay = Relay.open()) {
            var execution = Execution.start(command, Backend.Outputs.INHERITED, Sink.NONE, Sink.NONE);
            relay.to(execution.run());
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
