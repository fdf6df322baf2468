package dev.signalbox.session.mongodb;

import de.bwaldvogel.mongo.MongoServer;
import dev.signalbox.session.mongodb.Wire.Message;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A server that a real driver connects to, and that does as it is told. Change streams are its own: it tells of what was inserted through
 * it, with tokens for quiet times, too. All other commands it passes on to a mongo-java-server. Either can be made to fail, and
 * sockets be cut. Thread-safe.
 */
final class ScriptedMongo implements AutoCloseable {
    private static final Duration QUIET = Duration.ofMillis(5);
    private static final long NO_CUT = Long.MAX_VALUE;

    /** What becomes of a command that is passed on. */
    enum Fate {
        /** It is refused, and was not done. */
        REFUSED,
        /** It was done, and refused all the same, as when a primary steps down before the majority has it. */
        DONE_AND_REFUSED,
        /** It was done, and the connection is cut before the answer. */
        DONE_AND_CUT,
        /** It gets another answer. */
        ANSWERED
    }

    private record Plan(Fate fate, BsonDocument answer) {}

    private final MongoServer behind = MongoLayer.startJavaServer();
    private final ServerSocket listener;
    private final Oplog oplog = new Oplog();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Map<String, ConcurrentLinkedQueue<Plan>> plans = new ConcurrentHashMap<>();
    private final Map<String, Runnable> firsts = new ConcurrentHashMap<>();
    private final AtomicInteger streamErrorIn = new AtomicInteger(-1);
    private volatile int streamError;
    private final Deque<Long> cuts = new ConcurrentLinkedDeque<>();
    private volatile long streamBytesBeforeCut = NO_CUT;
    private final AtomicLong streamBytes = new AtomicLong();
    private final AtomicLong newsBytes = new AtomicLong();
    private final AtomicInteger streamsOpened = new AtomicInteger();
    private final AtomicInteger historyLost = new AtomicInteger();

    private ScriptedMongo(ServerSocket listener) {
        this.listener = listener;
    }

    static ScriptedMongo start() {
        try {
            ScriptedMongo fake = new ScriptedMongo(new ServerSocket(0, 128, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("scripted-mongo").start(fake::accept);
            return fake;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return url(port());
    }

    /** By way of another port, such as a proxy's. */
    static String url(int port) {
        return "mongodb://127.0.0.1:" + port;
    }

    /** The n-th answer of a change stream from now on is this error; 0 is the next. */
    void failStream(int steps, int code) {
        streamError = code;
        streamErrorIn.set(steps);
    }

    /** Once change streams have answered this many bytes more, the connection is cut; then again after so many more. */
    synchronized void cutStreamAfter(long... bytes) {
        LongStream.of(bytes).forEach(cuts::add);
        arm();
    }

    private void arm() {
        Long next = cuts.poll();
        streamBytesBeforeCut = next == null ? NO_CUT : next;
    }

    boolean areCutsDone() {
        return streamBytesBeforeCut == NO_CUT;
    }

    boolean isStreamErrorDone() {
        return streamErrorIn.get() < 0;
    }

    long streamBytes() {
        return streamBytes.get();
    }

    /** The same without the answers of quiet times, of which there are as many as a busy machine makes. */
    long newsBytes() {
        return newsBytes.get();
    }

    int streamsOpened() {
        return streamsOpened.get();
    }

    /** How often a stream could not be resumed. */
    int historyLost() {
        return historyLost.get();
    }

    /** What happens to the next command of this name. */
    void fail(String command, Fate fate, int code) {
        plan(command, new Plan(fate, error(code, "scripted")));
    }

    /** What the next command of this name is answered with. */
    void answer(String command, BsonDocument answer) {
        plan(command, new Plan(Fate.ANSWERED, answer));
    }

    private void plan(String command, Plan plan) {
        plans.computeIfAbsent(command, name -> new ConcurrentLinkedQueue<>()).add(plan);
    }

    /** What is done once, before the next command of this name is passed on. */
    void before(String command, Runnable step) {
        firsts.put(command, step);
    }

    boolean arePlansDone() {
        return plans.values().stream().allMatch(Collection::isEmpty);
    }

    /** No stream can be resumed after what it told so far. */
    void forgetHistory() {
        oplog.forget();
    }

    /** The same, and each follower of a stream is cut off before it hears more. */
    synchronized void forgetHistoryAndCut() {
        cutStreamAfter(0);
        oplog.forget();
    }

    /** All connections go, as in a failover. */
    void cutAll() {
        sockets.forEach(ScriptedMongo::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().name("scripted-mongo-client").start(() -> serve(client));
            } catch (IOException e) {
                return; // Closed.
            }
        }
    }

    private void serve(Socket client) {
        sockets.add(client);
        try (client;
                Socket server = new Socket(
                        InetAddress.getLoopbackAddress(),
                        behind.getLocalAddress().getPort())) {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            while (true) {
                serve(Wire.read(client.getInputStream()), client, server);
            }
        } catch (IOException e) {
            // Either end is gone, or the script wanted it so.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sockets.remove(client);
        }
    }

    private void serve(Message question, Socket client, Socket server) throws IOException, InterruptedException {
        BsonDocument command = question.body();
        String name = command.getFirstKey();
        OutputStream out = client.getOutputStream();
        switch (name) {
            case "hello", "isMaster", "ismaster" ->
                out.write(question.answer(hello()).bytes());
            case "getMore" ->
                stream(question, oplog.more(command.getNumber("getMore").longValue(), QUIET), out, client);
            case "killCursors" -> {
                command.getArray("cursors")
                        .forEach(id -> oplog.kill(id.asNumber().longValue()));
                out.write(question.answer(ok()).bytes());
            }
            default -> {
                BsonDocument options = streamOptions(command);
                if (options == null) {
                    passOn(question, command, client, server);
                } else {
                    streamsOpened.incrementAndGet();
                    stream(question, oplog.open(namespace(command), options), out, client);
                }
            }
        }
    }

    private static @Nullable BsonDocument streamOptions(BsonDocument command) {
        BsonArray pipeline = command.getArray("pipeline", new BsonArray());
        BsonValue first =
                pipeline.isEmpty() ? null : pipeline.getFirst().asDocument().get("$changeStream");
        return first == null ? null : first.asDocument();
    }

    private static String namespace(BsonDocument command) {
        return command.getString("$db").getValue() + "."
                + command.getString(command.getFirstKey()).getValue();
    }

    /** An answer of a change stream, or what the script wants instead. */
    private synchronized void stream(Message question, BsonDocument answer, OutputStream out, Socket client)
            throws IOException {
        boolean fails = streamErrorIn.get() >= 0 && streamErrorIn.getAndDecrement() == 0;
        byte[] bytes =
                question.answer(fails ? error(streamError, "scripted") : answer).bytes();
        historyLost.addAndGet(answer.getNumber("code", new BsonInt32(0)).intValue() == Failures.HISTORY_LOST ? 1 : 0);
        streamBytes.addAndGet(bytes.length);
        newsBytes.addAndGet(isQuiet(answer) ? 0 : bytes.length);
        long left = streamBytesBeforeCut;
        if (left < bytes.length) {
            out.write(bytes, 0, (int) left);
            out.flush();
            arm();
            client.close();
            return;
        }
        streamBytesBeforeCut = left == NO_CUT ? NO_CUT : left - bytes.length;
        out.write(bytes);
    }

    private static boolean isQuiet(BsonDocument answer) {
        BsonDocument cursor = answer.getDocument("cursor", new BsonDocument());
        return cursor.containsKey("nextBatch") && cursor.getArray("nextBatch").isEmpty();
    }

    private void passOn(Message question, BsonDocument command, Socket client, Socket server) throws IOException {
        String name = command.getFirstKey();
        Queue<Plan> planned = plans.get(name);
        Plan plan = planned == null ? null : planned.poll();
        if (plan != null && (plan.fate() == Fate.REFUSED || plan.fate() == Fate.ANSWERED)) {
            client.getOutputStream().write(question.answer(plan.answer()).bytes());
            return;
        }
        Runnable first = firsts.remove(name);
        if (first != null) {
            first.run();
        }
        server.getOutputStream().write(question.bytes());
        Message answer = Wire.read(server.getInputStream());
        watch(name, command, answer);
        if (plan != null && plan.fate() == Fate.DONE_AND_CUT) {
            client.close();
        } else {
            Message told = plan == null ? answer : question.answer(plan.answer());
            client.getOutputStream().write(told.bytes());
        }
    }

    private void watch(String name, BsonDocument command, Message answer) {
        if (name.equals("insert")) {
            int done = command.getArray("documents").size();
            for (BsonValue error : answer.body().getArray("writeErrors", new BsonArray())) {
                done = Math.min(done, error.asDocument().getNumber("index").intValue());
            }
            command.getArray("documents")
                    .subList(0, done)
                    .forEach(document -> oplog.add(namespace(command), document.asDocument()));
        } else if (name.equals("drop")) {
            oplog.drop(namespace(command));
        }
    }

    private static BsonDocument ok() {
        return new BsonDocument("ok", new BsonInt32(1));
    }

    private static BsonDocument hello() {
        return ok().append("helloOk", BsonBoolean.TRUE)
                .append("isWritablePrimary", BsonBoolean.TRUE)
                .append("ismaster", BsonBoolean.TRUE)
                .append("maxBsonObjectSize", new BsonInt32(16 << 20))
                .append("maxMessageSizeBytes", new BsonInt32(48_000_000))
                .append("maxWriteBatchSize", new BsonInt32(100_000))
                .append("connectionId", new BsonInt64(1))
                .append("minWireVersion", new BsonInt32(0))
                .append("maxWireVersion", new BsonInt32(13))
                .append("readOnly", BsonBoolean.FALSE);
    }

    static BsonDocument error(int code, String message) {
        BsonDocument error = new BsonDocument("ok", new BsonInt32(0))
                .append("code", new BsonInt32(code))
                .append("errmsg", new BsonString(message));
        // As a server says it of what a stream may go on after.
        return code == 237 || code == 10_107 || code == 43
                ? error.append("errorLabels", new BsonArray(List.of(new BsonString("ResumableChangeStreamError"))))
                : error;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was to go.
        }
    }

    @Override
    public void close() {
        closeQuietly(listener);
        cutAll();
        behind.shutdownNow();
    }

    private static void closeQuietly(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was to go.
        }
    }
}
