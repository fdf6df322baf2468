package dev.signalbox.benchmarks;

import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import dev.signalbox.testing.services.FreePort;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Requests over the event bus of a Vert.x cluster of two nodes, as {@link RequestLoad} has them: one node answers, in a process of its own, with what
 * it was asked; this process is the other, and asks. Nothing is between the two, where clients of a server have the server.
 */
final class VertxRequests {
    private static final String ADDRESS = "service";

    private final Vertx vertx;
    private final String payload = "x".repeat(RouterBenchmark.PAYLOAD_BYTES);

    private VertxRequests(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Both nodes. */
    static LoadedServer pair() throws IOException {
        String first = String.valueOf(FreePort.find());
        String second = String.valueOf(FreePort.find());
        String both = first + "," + second;
        // Each waits for the other: only then does the responder print its port.
        Process responder = RivalServer.java(Responder.class, first, both);
        LoadProcess asker = LoadProcess.start(VertxRequests.class, second, both);
        return new LoadedServer(RivalServer.printing("vert.x", RivalProtocol.WEBSOCKET, responder), asker);
    }

    /** @param arguments its port for Hazelcast, and those of both nodes */
    static void main(String[] arguments) throws Exception {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        VertxRequests requests = new VertxRequests(joined(arguments));
        LoadProcess.serve(order -> requests.ask(Integer.parseInt(order[1]), Long.parseLong(order[2])));
        System.exit(0);
    }

    private static Vertx joined(String[] arguments) throws InterruptedException {
        return VertxClusterNode.join(Integer.parseInt(arguments[0]), List.of(arguments[1].split(",", -1)));
    }

    /** The node that answers: prints its port for Hazelcast once it does, and ends with its input. */
    static final class Responder {
        private Responder() {}

        static void main(String[] arguments) throws Exception {
            Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
            joined(arguments)
                    .eventBus()
                    .<String>consumer(ADDRESS)
                    .handler(request -> request.reply(request.body()))
                    .completion()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
            System.out.println(arguments[0]);
            while (System.in.read() >= 0) {
                // Until the one who started it ends.
            }
            System.exit(0);
        }
    }

    /** So many at a time, on the event loop: each reply is followed by the next request until the time is up. */
    private long[] ask(int size, long nanos) {
        List<Long> times = new ArrayList<>();
        long start = System.nanoTime();
        List<CompletableFuture<Void>> askers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            askers.add(new CompletableFuture<>());
        }
        vertx.getOrCreateContext().runOnContext(now -> askers.forEach(done -> askOnce(times, start + nanos, done)));
        CompletableFuture.allOf(askers.toArray(CompletableFuture<?>[]::new)).join();
        long took = System.nanoTime() - start;
        long[] all = times.stream().mapToLong(Long::longValue).toArray();
        return new long[] {all.length, took, RivalSockets.percentile(all, 0.50), RivalSockets.percentile(all, 0.99)};
    }

    private void askOnce(List<Long> times, long end, CompletableFuture<Void> done) {
        long sent = System.nanoTime();
        vertx.eventBus().<String>request(ADDRESS, payload).onComplete((reply, failure) -> {
            if (failure != null || !isAnswer(reply)) {
                done.completeExceptionally(new IllegalStateException("a request was not answered", failure));
                return;
            }
            long now = System.nanoTime();
            times.add(now - sent);
            if (now - end < 0) {
                askOnce(times, end, done);
            } else {
                done.complete(null);
            }
        });
    }

    private boolean isAnswer(Message<String> reply) {
        return reply.body().equals(payload);
    }
}
