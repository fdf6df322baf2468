package dev.signalbox.benchmarks;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * One client that asks, and one that answers with what it was asked. The order {@code ask SIZE NANOS} has SIZE requests under way at a time; its
 * answer is how many were answered, the nanoseconds that took, and the median and the 99th percentile of the time of one.
 */
final class RequestLoad {
    private static final int PATIENCE_SECONDS = 60;

    private final RequestWire wire;
    private final String payload;
    private final OutputStream asker;
    private final ConcurrentHashMap<Integer, Long> sent = new ConcurrentHashMap<>();
    /** Of one order; changed by its thread while nothing is under way. */
    private volatile Answers answers = new Answers(LongStream.builder(), new Semaphore(0));

    private int last;

    /** The times are written by the reader of replies, and read once all permits are back. */
    private record Answers(LongStream.Builder times, Semaphore room) {}

    private RequestLoad(RequestWire wire, int port, int payloadBytes) throws IOException {
        this.wire = wire;
        this.payload = "x".repeat(payloadBytes);
        Socket responding = dial(port, false);
        Socket asking = dial(port, true);
        asker = asking.getOutputStream();
        BufferedReader requests = lines(responding);
        OutputStream out = new BufferedOutputStream(responding.getOutputStream(), 64 << 10);
        run("responder", () -> respond(requests, out));
        BufferedReader replies = lines(asking);
        run("asker", () -> count(replies));
    }

    /** @param arguments the protocol, the port, and bytes of a payload */
    static void main(String[] arguments) throws IOException {
        RequestLoad load = new RequestLoad(
                RequestWire.valueOf(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        LoadProcess.serve(order -> load.ask(Integer.parseInt(order[1]), Long.parseLong(order[2])));
    }

    private Socket dial(int port, boolean asks) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        RivalSockets.greet(socket.getInputStream(), socket.getOutputStream(), wire.greeting(asks));
        return socket;
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII), 64 << 10);
    }

    /** Something that ends with its connection. */
    @FunctionalInterface
    private interface Reading {
        void run() throws IOException;
    }

    private static void run(String name, Reading reading) {
        Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                reading.run();
            } catch (IOException e) {
                System.err.println("the connection of the " + name + " broke: " + e);
            }
        });
    }

    /** What has come together is answered together. */
    private void respond(BufferedReader requests, OutputStream out) throws IOException {
        while (true) {
            out.write(wire.reply(requests));
            if (!requests.ready()) {
                out.flush();
            }
        }
    }

    private void count(BufferedReader replies) throws IOException {
        while (true) {
            int number = wire.answered(replies);
            long now = System.nanoTime();
            if (number == RequestWire.ASKED_FOR_LIFE) {
                say(RequestWire.ascii(RequestWire.PONG));
                continue;
            }
            Long begun = sent.remove(number);
            if (begun == null) {
                throw new IllegalStateException("a reply came to request " + number + ", which waits for none");
            }
            Answers current = answers;
            current.times().add(now - begun);
            current.room().release();
        }
    }

    private void say(byte[] bytes) throws IOException {
        synchronized (asker) {
            asker.write(bytes);
        }
    }

    private long[] ask(int size, long nanos) throws IOException {
        Answers current = new Answers(LongStream.builder(), new Semaphore(size));
        answers = current;
        long count = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < nanos) {
            take(current.room(), 1);
            int number = ++last;
            sent.put(number, System.nanoTime());
            say(wire.request(number, payload));
            count++;
        }
        take(current.room(), size);
        long took = System.nanoTime() - start;
        long[] times = current.times().build().toArray();
        if (times.length != count || !sent.isEmpty()) {
            throw new IllegalStateException(times.length + " replies to " + count + " requests");
        }
        return new long[] {count, took, RivalSockets.percentile(times, 0.50), RivalSockets.percentile(times, 0.99)};
    }

    private static void take(Semaphore room, int permits) {
        try {
            if (!room.tryAcquire(permits, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no reply came any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
