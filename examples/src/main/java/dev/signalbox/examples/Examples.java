package dev.signalbox.examples;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** Runs an example by its name: {@code ./signalbox example maintenance-http}. */
public final class Examples {
    private static final Map<String, Example> ALL = new TreeMap<>(Map.ofEntries(
            Map.entry("chat", ChatExample::main),
            Map.entry("exec", ExecExample::main),
            Map.entry("llm", LlmExample::main),
            Map.entry("maintenance-database", MaintenanceDatabaseExample::main),
            Map.entry("maintenance-grpc", MaintenanceGrpcExample::main),
            Map.entry("maintenance-hibernate", MaintenanceHibernateExample::main),
            Map.entry("maintenance-http", MaintenanceHttpExample::main),
            Map.entry("maintenance-jdbi", MaintenanceJdbiExample::main),
            Map.entry("maintenance-kafka", MaintenanceKafkaExample::main),
            Map.entry("maintenance-sqs", MaintenanceSqsExample::main),
            Map.entry("observatory", ObservatoryExample::main),
            Map.entry("queue", QueueExample::main),
            Map.entry("router", RouterExample::main),
            Map.entry("session-bus", SessionBusExample::main)));

    private Examples() {}

    @FunctionalInterface
    interface Example {
        void run(String[] arguments) throws Exception;
    }

    static Iterable<String> names() {
        return ALL.keySet();
    }

    public static void main(String[] arguments) throws Exception {
        Example example = arguments.length == 0 ? null : ALL.get(arguments[0]);
        if (example == null) {
            System.err.println("There is no such example. There are: " + String.join(" ", ALL.keySet()));
            System.exit(2);
        } else {
            example.run(Arrays.copyOfRange(arguments, 1, arguments.length));
        }
    }
}
