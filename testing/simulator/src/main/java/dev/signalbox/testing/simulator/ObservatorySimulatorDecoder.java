package dev.signalbox.testing.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the wire formats, without any of the code that writes them. Throws {@link RuntimeException} at what is none. */
final class ObservatorySimulatorDecoder {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private ObservatorySimulatorDecoder() {}

    static List<ObservatorySimulatorRecord> everworker(byte[] body) {
        var records = new ArrayList<ObservatorySimulatorRecord>();
        var logs = JSON.readTree(body).get("logs");
        if (logs == null || !logs.isArray()) {
            throw new IllegalArgumentException("logs is no array");
        }
        for (JsonNode log : logs) {
            var data = new LinkedHashMap<String, String>();
            log.path("data").properties().forEach(field -> data.put(field.getKey(), text(field.getValue())));
            int level = log.path("logLevel").asInt(0);
            if (level < 1 || level > 3) {
                throw new IllegalArgumentException("logLevel " + level + " is not in 1..3");
            }
            records.add(
                    new ObservatorySimulatorRecord(text(log.path("message")), level, text(log.path("module")), data));
        }
        return records;
    }

    static List<ObservatorySimulatorRecord> otlpJson(byte[] body) {
        var records = new ArrayList<ObservatorySimulatorRecord>();
        for (JsonNode resource : JSON.readTree(body).path("resourceLogs")) {
            for (JsonNode scope : resource.path("scopeLogs")) {
                String module = text(scope.path("scope").path("name"));
                scope.path("logRecords").forEach(log -> records.add(otlpJson(log, module)));
            }
        }
        return records;
    }

    private static ObservatorySimulatorRecord otlpJson(JsonNode log, String module) {
        var data = new LinkedHashMap<String, String>();
        log.path("attributes").forEach(field -> data.put(text(field.path("key")), anyValue(field.path("value"))));
        if (log.has("traceId")) {
            data.put("trace_id", text(log.path("traceId")));
            data.put("span_id", text(log.path("spanId")));
        }
        int level = log.path("severityNumber").asInt(0);
        return new ObservatorySimulatorRecord(text(log.path("body").path("stringValue")), level, module, data);
    }

    /** The text of an attribute's value, whatever its type. */
    private static String anyValue(JsonNode value) {
        return value.properties().stream()
                .map(typed -> text(typed.getValue()))
                .findFirst()
                .orElse("");
    }

    private static String text(JsonNode node) {
        return node.asString("");
    }

    static List<ObservatorySimulatorRecord> otlpProtobuf(byte[] body) {
        var records = new ArrayList<ObservatorySimulatorRecord>();
        var request = ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN);
        fields(request, (field, resource) -> {
            if (field == 1) {
                fields(resource.bytes(), (inner, scope) -> {
                    if (inner == 2) {
                        records.addAll(scope(scope.bytes()));
                    }
                });
            }
        });
        return records;
    }

    private static List<ObservatorySimulatorRecord> scope(ByteBuffer scope) {
        var records = new ArrayList<ObservatorySimulatorRecord>();
        var module = new StringBuilder();
        fields(scope, (field, value) -> {
            if (field == 1) {
                fields(value.bytes(), (inner, name) -> {
                    if (inner == 1) {
                        module.append(name.text());
                    }
                });
            } else if (field == 2) {
                records.add(record(value.bytes(), module.toString()));
            }
        });
        return records;
    }

    private static ObservatorySimulatorRecord record(ByteBuffer log, String module) {
        var data = new LinkedHashMap<String, String>();
        var message = new StringBuilder();
        int[] level = new int[1];
        fields(log, (field, value) -> {
            switch (field) {
                case 2 -> level[0] = (int) value.number();
                case 5 -> message.append(string(value.bytes()));
                case 6 -> attribute(value.bytes(), data);
                case 9 -> data.put("trace_id", value.hex());
                case 10 -> data.put("span_id", value.hex());
                default -> {}
            }
        });
        return new ObservatorySimulatorRecord(message.toString(), level[0], module, data);
    }

    private static String string(ByteBuffer anyValue) {
        var text = new StringBuilder();
        fields(anyValue, (field, value) -> {
            switch (field) {
                case 1 -> text.append(value.text());
                case 2 -> text.append(value.number() != 0);
                case 3 -> text.append(value.number());
                case 4 -> text.append(Double.longBitsToDouble(value.number()));
                default -> throw new IllegalArgumentException("attribute of type " + field);
            }
        });
        return text.toString();
    }

    private static void attribute(ByteBuffer keyValue, Map<String, String> into) {
        var key = new StringBuilder();
        var text = new StringBuilder();
        fields(keyValue, (field, value) -> {
            if (field == 1) {
                key.append(value.text());
            } else {
                text.append(string(value.bytes()));
            }
        });
        into.put(key.toString(), text.toString());
    }

    /** A field's value: a number, or bytes. */
    private record Value(long number, ByteBuffer bytes) {
        String text() {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }

        String hex() {
            byte[] array = new byte[bytes.remaining()];
            bytes.duplicate().get(array);
            return HexFormat.of().formatHex(array);
        }
    }

    private static void fields(ByteBuffer in, BiConsumer<Integer, Value> each) {
        while (in.hasRemaining()) {
            long tag = varint(in);
            var empty = ByteBuffer.allocate(0);
            var value = switch ((int) tag & 7) {
                case 0 -> new Value(varint(in), empty);
                case 1 -> new Value(in.getLong(), empty);
                case 2 -> new Value(0, slice(in, (int) varint(in)));
                case 5 -> new Value(in.getInt(), empty);
                default -> throw new IllegalArgumentException("wire type " + (tag & 7));
            };
            each.accept((int) (tag >>> 3), value);
        }
    }

    private static ByteBuffer slice(ByteBuffer in, int length) {
        var part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return part;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a varint without an end");
    }
}
