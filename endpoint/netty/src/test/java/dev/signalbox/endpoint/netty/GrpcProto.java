package dev.signalbox.endpoint.netty;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the compiler of protobuf makes of clients/proto, and frames in it. Shares no code with the endpoint. */
final class GrpcProto {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FileDescriptor FILE = compile();

    private GrpcProto() {}

    private static FileDescriptor compile() {
        Path compiler = Path.of("target", "protoc", "protoc").toAbsolutePath();
        if (!compiler.toFile().setExecutable(true)) {
            throw new IllegalStateException(compiler + " is not there; Maven puts it there before it runs tests");
        }
        try {
            Path compiled = Files.createTempFile("clients", ".protoset");
            Process process = new ProcessBuilder(
                            compiler.toString(),
                            "--proto_path=../../clients/proto",
                            "--descriptor_set_out=" + compiled,
                            "signalbox/v1/clients.proto")
                    .inheritIO()
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("protoc failed; its words are in the output of the test");
            }
            FileDescriptorSet set = FileDescriptorSet.parseFrom(Files.readAllBytes(compiled));
            Files.delete(compiled);
            return FileDescriptor.buildFrom(set.getFile(0), new FileDescriptor[0]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (DescriptorValidationException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Descriptor clientFrame() {
        return FILE.findMessageTypeByName("ClientFrame");
    }

    static Descriptor serverFrame() {
        return FILE.findMessageTypeByName("ServerFrame");
    }

    /** A frame of docs/protocol.md in protobuf. */
    static DynamicMessage frame(Descriptor frames, String json) {
        ObjectNode object = (ObjectNode) JSON.readTree(json);
        FieldDescriptor kind = field(frames, object.remove("type").asString());
        return DynamicMessage.newBuilder(frames)
                .setField(kind, message(kind.getMessageType(), object))
                .build();
    }

    private static FieldDescriptor field(Descriptor message, String jsonName) {
        return message.getFields().stream()
                .filter(field -> field.getJsonName().equals(jsonName))
                .findFirst()
                .orElseThrow(() -> new AssertionError(message.getFullName() + " has no field " + jsonName));
    }

    private static DynamicMessage message(Descriptor type, JsonNode object) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        object.properties().forEach(each -> {
            FieldDescriptor field = field(type, each.getKey());
            if (field.isMapField()) {
                each.getValue()
                        .properties()
                        .forEach(entry -> message.addRepeatedField(field, entry(field.getMessageType(), entry)));
            } else if (field.isRepeated() && each.getValue().isArray()) {
                each.getValue().forEach(value -> message.addRepeatedField(field, value(field, value)));
            } else if (field.isRepeated()) {
                message.addRepeatedField(field, value(field, each.getValue()));
            } else {
                message.setField(field, value(field, each.getValue()));
            }
        });
        return message.build();
    }

    private static DynamicMessage entry(Descriptor type, Map.Entry<String, JsonNode> entry) {
        FieldDescriptor value = type.findFieldByNumber(2);
        return DynamicMessage.newBuilder(type)
                .setField(type.findFieldByNumber(1), entry.getKey())
                .setField(value, value(value, entry.getValue()))
                .build();
    }

    private static Object value(FieldDescriptor field, JsonNode value) {
        return switch (field.getJavaType()) {
            case STRING -> value.asString();
            case BYTE_STRING -> ByteString.copyFrom(Base64.getDecoder().decode(value.asString()));
            case LONG -> value.asLong();
            case BOOLEAN -> value.asBoolean();
            case MESSAGE -> message(field.getMessageType(), value);
            default -> throw new AssertionError("no frame has a field like " + field);
        };
    }

    /** The same frame in JSON. */
    static ObjectNode json(DynamicMessage frame) {
        Map.Entry<FieldDescriptor, Object> only =
                frame.getAllFields().entrySet().iterator().next();
        ObjectNode object = JSON.createObjectNode().put("type", only.getKey().getJsonName());
        return fields((DynamicMessage) only.getValue(), object);
    }

    private static ObjectNode fields(DynamicMessage message, ObjectNode object) {
        message.getAllFields().forEach((field, value) -> {
            if (field.isMapField()) {
                ObjectNode entries = object.putObject(field.getJsonName());
                ((List<?>) value).forEach(entry -> put(entries, (DynamicMessage) entry));
            } else if (field.isRepeated()) {
                ArrayNode values = object.putArray(field.getJsonName());
                ((List<?>) value).forEach(each -> values.add(node(each)));
            } else {
                object.set(field.getJsonName(), node(value));
            }
        });
        return object;
    }

    private static void put(ObjectNode entries, DynamicMessage entry) {
        Descriptor type = entry.getDescriptorForType();
        entries.set(
                (String) entry.getField(type.findFieldByNumber(1)), node(entry.getField(type.findFieldByNumber(2))));
    }

    private static JsonNode node(Object value) {
        return switch (value) {
            case DynamicMessage message -> fields(message, JSON.createObjectNode());
            case ByteString bytes -> JSON.valueToTree(bytes.toByteArray());
            default -> JSON.valueToTree(value);
        };
    }
}
