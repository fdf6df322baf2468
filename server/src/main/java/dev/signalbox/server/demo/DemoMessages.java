package dev.signalbox.server.demo;

import java.util.Iterator;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Made-up messages over every channel: to connected clients, to absent ones, and by SMS, mail or webhook alone. */
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
        switch (i % 10) {
            case 0, 1, 2, 3 -> chain(message, "client:demo-" + (1 + i % clients), "10s", sms(i));
            case 4 -> chain(message, "client:absent-" + i % 50, "1s", sms(i));
            case 5 -> chain(message, "client:absent-" + i % 50, "1s", email(i), sms(i));
            case 6 -> message.put("to", email(i));
            case 7 -> message.put("to", "webhook:" + Demo.ENDPOINT);
            default -> message.put("to", sms(i));
        }
        return message + "\n";
    }

    private static void chain(ObjectNode message, String client, String within, String... others) {
        var reach = message.putArray("reach");
        reach.addObject().put("to", client).put("within", within);
        for (String other : others) {
            reach.addObject().put("to", other);
        }
    }

    private static String sms(int i) {
        return "sms:" + phone(i);
    }

    private static String email(int i) {
        return "email:person-" + i % 1_000 + "@example.com";
    }

    private static String phone(int i) {
        return "+1%d55501%02d".formatted(201 + i / FICTION % AREAS, i % FICTION);
    }
}
