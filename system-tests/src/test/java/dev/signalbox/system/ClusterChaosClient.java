package dev.signalbox.system;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A client over TCP that writes all that it sends and receives into a history. Connecting and sending is for one thread; what comes is read
 * by another. Nothing here waits for the server.
 */
final class ClusterChaosClient implements AutoCloseable {
    static final String TOPIC = "news";

    /** Longer than any fault lasts. */
    private static final int WITHIN_MILLIS = 30_000;

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String user;
    private final ClusterChaosHistory history;
    private int lives;
    private volatile Optional<Connection> connection = Optional.empty();

    ClusterChaosClient(String user, ClusterChaosHistory history) {
        this.user = user;
        this.history = history;
    }

    static String token(String user) {
        return "the-chaos-token-of-" + user;
    }

    String user() {
        return user;
    }

    boolean isClosed() {
        return connection.filter(each -> !each.closed).isEmpty();
    }

    /** The id of its session, once it is welcome and subscribes to the topic. */
    Optional<String> session() {
        return ready().map(each -> each.session);
    }

    private Optional<Connection> ready() {
        return connection.filter(each -> !each.closed && each.subscribed);
    }

    /** The name of its connection in the history. */
    String name() {
        return connection.map(each -> each.name).orElseThrow();
    }

    /** Begins to connect. A port where nobody listens changes nothing. */
    void connect(int port) {
        String name = user + "." + ++lives;
        try {
            Connection made = new Connection(name, new Socket(InetAddress.getLoopbackAddress(), port));
            connection = Optional.of(made);
            Thread.ofVirtual().name(name).start(made::read);
            made.write(frame("auth").put("token", token(user)));
        } catch (IOException e) {
            connection = Optional.empty(); // The node is away; the next attempt may find another.
        }
    }

    /** Returns its number; 0 if this client is not ready. */
    int tell(String to) {
        return send("t", frame("send").put("to", "client:" + to));
    }

    int tellAcknowledged(String to) {
        return send(
                "a", frame("send").put("to", "client:" + to).put("ack", true).put("within", WITHIN_MILLIS));
    }

    int publish() {
        return send("p", frame("publish").put("topic", TOPIC));
    }

    /** Has the command {@code note} note it. */
    int run() {
        return ready().map(Connection::run).orElse(0);
    }

    private int send(String kind, ObjectNode frame) {
        return ready().map(each -> each.send(kind, frame)).orElse(0);
    }

    private static ObjectNode frame(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    @Override
    public void close() {
        connection.ifPresent(Connection::end);
    }

    /** One connection. Its numbers are for all that it sends, so that those of each receiver grow. */
    private final class Connection {
        private final String name;
        private final Socket socket;
        private int sent;
        private volatile String session = "";
        private volatile boolean subscribed;
        private volatile boolean closed;

        Connection(String name, Socket socket) {
            this.name = name;
            this.socket = socket;
        }

        int send(String kind, ObjectNode frame) {
            sent++;
            write(frame.put("id", kind + sent).put("text", name + " " + sent));
            return sent;
        }

        int run() {
            sent++;
            ObjectNode request = frame("request").put("id", "r" + sent).put("to", "logic:exec");
            request.putObject("json")
                    .put("run", "note")
                    .put("id", String.valueOf(sent))
                    .putArray("arguments")
                    .add(name + "-" + sent);
            write(request.put("within", WITHIN_MILLIS));
            return sent;
        }

        /** Both threads write. */
        private synchronized void write(ObjectNode frame) {
            try {
                socket.getOutputStream().write((frame + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException e) {
                end();
            }
        }

        void read() {
            try (var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = in.readLine(); line != null; line = in.readLine()) {
                    handle(JSON.readTree(line));
                }
            } catch (IOException e) {
                // The node is gone, and with it this connection.
            } catch (JacksonException e) {
                history.fault(name + " got what is no JSON: " + e);
            } finally {
                end();
            }
        }

        private void handle(JsonNode frame) {
            switch (frame.path("type").asString("")) {
                case "welcome" -> welcome(frame);
                case "ping" -> write(frame("pong"));
                case "message" -> message(frame);
                case "gap" -> history.gap(name);
                case "ok" -> ok(frame, frame.path("id").asString(""));
                case "reply" -> replied(frame.path("text").asString(""));
                case "error" -> refused(frame.path("id").asString(""));
                default -> {} // the last word of a node that stops
            }
        }

        private void welcome(JsonNode frame) {
            session = frame.path("session").asString();
            write(frame("subscribe").put("id", "s").put("topic", TOPIC));
        }

        private void ok(JsonNode frame, String id) {
            if (id.equals("s")) {
                subscribed = true;
            } else if (id.startsWith("p")) {
                history.published(name, Integer.parseInt(id.substring(1)));
            } else if (frame.path("acked").asBoolean(false)) {
                history.acknowledged(name + " " + id.substring(1));
            }
        }

        /** While the broker is away, so is the topic's history. Whatever else was sent may fail. */
        private void refused(String id) {
            if (id.equals("s")) {
                end();
            }
        }

        private void replied(String text) {
            if (JSON.readTree(text).path("exit").asInt(-1) == 0) {
                history.replied();
            }
        }

        private void message(JsonNode frame) {
            String text = frame.path("text").asString();
            String sender = text.substring(0, text.indexOf(' '));
            int number = Integer.parseInt(text.substring(text.indexOf(' ') + 1));
            if (frame.has("topic")) {
                history.heard(name, sender, number);
            } else if (frame.path("ack").asBoolean(false)) {
                String id = frame.path("id").asString();
                history.handled(text, id);
                write(frame("ack").put("id", id));
            } else {
                history.told(name, sender, number);
            }
        }

        void end() {
            closed = true;
            try {
                socket.close();
            } catch (IOException e) {
                history.fault(name + " could not close its socket: " + e);
            }
        }
    }
}
