package dev.signalbox.server.exec;

import dev.signalbox.exec.ExecListener;
import dev.signalbox.observatory.ExecutionContext;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouterListener;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.node.EndedSessions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Commands of the host for connected clients: the logic {@code exec}. Only commands that the configuration names can be run, only by the
 * clients it names, and only with arguments it allows; docs/protocol.md has the fields. A run ends with the session that asked for it.
 * Thread-safe.
 */
final class ExecLogic implements RouterListener, AutoCloseable {
    /** The address of it all. */
    public static final String NAME = "exec";

    private static final int MAILBOX = 1_024;

    private final Map<String, AllowedCommand> commands = new HashMap<>();
    private final Set<String> clients;
    private final Map<Address, List<ExecRun>> underWay = new HashMap<>();
    private final EndedSessions gone = new EndedSessions();
    private boolean closed;

    /** @param listeners gives who watches the command of a name */
    public ExecLogic(ExecSettings.Exec config, Function<String, ExecListener> listeners) {
        clients = Set.copyOf(config.clients());
        for (ExecSettings.ExecCommand command : config.commands()) {
            commands.put(command.name(), new AllowedCommand(command, listeners.apply(command.name())));
        }
    }

    /** To be added to a router under its {@link #NAME}, if there is a command and a client that may run it. */
    public Optional<Logic> logic() {
        // In order, so that a cancellation does not overtake its run; nothing here waits.
        boolean useful = !commands.isEmpty() && !clients.isEmpty();
        return useful ? Optional.of(new Logic.Worker(this::handleAsOperator, MAILBOX)) : Optional.empty();
    }

    /**
     * What is logged here tells of the host: names of programs, files, failures. It belongs to the operator's log, also where the
     * client's message names a destination of its own.
     */
    private void handleAsOperator(Message message, Logic.Context context) {
        ExecutionContext.current().withoutDestination().run(() -> handle(message, context));
    }

    private void handle(Message message, Logic.Context context) {
        try {
            Address client = client(message);
            switch (ExecAsk.parse(message.payload())) {
                case ExecAsk.Start start -> begin(client, start, message, context);
                case ExecAsk.Cancel(String id) -> of(client, id).forEach(ExecRun::cancel);
                case ExecAsk.Signal signal -> send(signal, client, message, context);
            }
        } catch (IllegalArgumentException | UnsupportedOperationException e) {
            refuse(message, context, "refused", FailureText.of(e));
        }
    }

    /** Whose run it is: the session that asked, and no other of its user. */
    private Address client(Message message) {
        if (message.source() instanceof Address.Client(String client)
                && (clients.contains(client) || clients.contains("*"))) {
            return message.replyTo();
        }
        throw new IllegalArgumentException(message.source() + " may not run commands; exec.clients names who may");
    }

    private void send(ExecAsk.Signal signal, Address client, Message message, Logic.Context context) {
        long sent = of(client, signal.id()).stream()
                .filter(run -> run.signal(signal.number()))
                .count();
        if (sent == 0) {
            throw new IllegalArgumentException("no run with the id '" + signal.id() + "' is under way");
        }
        Map<String, Object> answer = Map.of("id", signal.id(), "signalled", signal.number());
        context.reply(message, Payload.text(ExecAsk.JSON.writeValueAsString(answer)));
    }

    private void begin(Address client, ExecAsk.Start start, Message message, Logic.Context context) {
        AllowedCommand command = Optional.ofNullable(commands.get(start.command()))
                .orElseThrow(() -> new IllegalArgumentException("there is no command of that name"));
        var run = new ExecRun(message, context, command, start, over -> ended(client, command, over));
        if (!command.tryBegin()) {
            refuse(message, context, "busy", "command " + command.name() + " runs as often as it may; ask again later");
        } else if (!enter(client, run)) {
            command.end();
            refuse(message, context, "busy", "the server stops");
        } else {
            run.start();
            cancelIfGone(client, run);
        }
    }

    /** Its client may have left before the run was written down as one to end with it. */
    private void cancelIfGone(Address client, ExecRun run) {
        if (client instanceof Address.Session session && gone.contains(session.id())) {
            run.cancel();
        }
    }

    private synchronized boolean enter(Address client, ExecRun run) {
        if (!closed) {
            underWay.computeIfAbsent(client, none -> new ArrayList<>()).add(run);
        }
        return !closed;
    }

    private synchronized void ended(Address client, AllowedCommand command, ExecRun run) {
        command.end();
        underWay.computeIfPresent(client, (same, runs) -> {
            runs.remove(run);
            return runs.isEmpty() ? null : runs;
        });
    }

    private synchronized List<ExecRun> of(Address client) {
        return List.copyOf(underWay.getOrDefault(client, List.of()));
    }

    private List<ExecRun> of(Address client, String id) {
        return of(client).stream().filter(run -> run.id().equals(id)).toList();
    }

    private static void refuse(Message message, Logic.Context context, String code, String why) {
        Map<String, String> error = Map.of("error", code, "message", why);
        context.reply(message, Payload.text(ExecAsk.JSON.writeValueAsString(error)));
    }

    @Override
    public void ended(Address.Session session) {
        gone.add(session.id());
        of(session).forEach(ExecRun::cancel);
    }

    /** Ends all runs, and returns when their processes are gone. */
    @Override
    public void close() throws InterruptedException {
        List<ExecRun> all = new ArrayList<>();
        synchronized (this) {
            closed = true;
            underWay.values().forEach(all::addAll);
        }
        all.forEach(ExecRun::cancel);
        for (ExecRun run : all) {
            run.join();
        }
    }
}
