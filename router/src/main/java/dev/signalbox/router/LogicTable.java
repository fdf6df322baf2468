package dev.signalbox.router;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The registered logic by name. Thread-safe. */
final class LogicTable {
    private final Map<String, LogicRunner> runners = new ConcurrentHashMap<>();
    private final MessageRouter router;
    private final Requests requests;
    private final RouterListener listener;

    LogicTable(MessageRouter router, Requests requests, RouterListener listener) {
        this.router = router;
        this.requests = requests;
        this.listener = listener;
    }

    void add(String name, Logic logic) {
        Logic.Context context = new LogicContext(Address.logic(name), router);
        LogicRunner runner = runner(logic, context);
        if (runners.putIfAbsent(name, runner) != null) {
            runner.stop();
            throw new IllegalArgumentException(
                    "a logic named " + name + " is registered already; remove it or choose another name");
        }
        runner.start();
    }

    private LogicRunner runner(Logic logic, Logic.Context context) {
        return switch (logic) {
            case Logic.Dispatched dispatched ->
                new DispatchedRunner(invoker(dispatched.handler(), context), dispatched);
            case Logic.Worker worker -> new WorkerRunner(invoker(worker.handler(), context), worker.mailbox());
            case Logic.Passive passive -> new PassiveRunner(passive.background(), context, listener);
        };
    }

    private LogicInvoker invoker(Logic.Handler handler, Logic.Context context) {
        return new LogicInvoker(handler, context, requests, listener);
    }

    boolean remove(String name) {
        LogicRunner removed = runners.remove(name);
        if (removed == null) {
            return false;
        }
        removed.stop();
        return true;
    }

    boolean has(String name) {
        return runners.containsKey(name);
    }

    /** Those that take messages. */
    Set<String> names() {
        return runners.entrySet().stream()
                .filter(each -> !(each.getValue() instanceof PassiveRunner))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Nullable
    RouteError offer(Address.Logic target, Message message) {
        LogicRunner runner = runners.get(target.name());
        return runner == null ? RouteError.unknownLogic(target) : runner.offer(message);
    }

    int pending() {
        return runners.values().stream().mapToInt(LogicRunner::pending).sum();
    }

    void stop() {
        runners.values().forEach(LogicRunner::stop);
    }
}
