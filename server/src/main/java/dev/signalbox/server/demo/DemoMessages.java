package dev.signalbox.server.demo;

import java.util.Iterator;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Made-up messages in place of the CSV file: to connected clients, to absent ones, and by SMS alone. */
final class DemoMessages {
    private static final JsonMapper JSON = JsonMapper.shared();
    /** Numbers kept free for fiction: 555-0100 to 555-0199 in any North American area. */
    private static final int FICTION = 100;

    private static final int AREAS = 700;

    private DemoMessages() {}

    /** {@code count} lines of NDJSON for the bulk route, made while they are read. */
    static Iterator<String> lines(int count, int clients) {
        return IntStream.range(0, count).mapToObj(i -> line(i, clients)).iterator();
    }

    private static String line(int i, int clients) {
        var message = JSON.createObjectNode().put("body", "Demo message " + i).put("dedupeKey", "demo-" + i);
        if (i % 5 < 2) {
            chain(message, "client:demo-" + (1 + i % clients), "10s", i);
        } else if (i % 5 == 2) {
            chain(message, "client:absent-" + i % 50, "1s", i);
        } else {
            message.put("to", "sms:" + phone(i));
        }
        return message + "\n";
    }

    private static void chain(ObjectNode message, String client, String within, int i) {
        var reach = message.putArray("reach");
        reach.addObject().put("to", client).put("within", within);
        reach.addObject().put("to", "sms:" + phone(i));
    }

    private static String phone(int i) {
        return "+1%d55501%02d".formatted(201 + i / FICTION % AREAS, i % FICTION);
    }
}
