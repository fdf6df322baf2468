package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Intent;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Publication;
import io.netty.buffer.ByteBuf;

/** Appends whole WebSocket frames to a buffer: server frames are unmasked, so the same bytes fit every client. For one thread. */
final class FrameEncoder {
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int FINAL = 0x80;
    private static final int MAX_HEADER = 10;
    private static final int SHORT = 125;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;

    private final JsonBytes scratch = new JsonBytes();

    /** A message for one client. With {@code raw}, binary payloads go as they are rather than in JSON. */
    void message(Message message, boolean raw, ByteBuf out) {
        encode("", 0, message, raw, out, true);
    }

    /**
     * The same for a message of a topic, which is empty for what goes to all.
     *
     * @param mayGrow whether {@code out} may be made larger
     * @return false, with nothing written, if it would have to be and may not
     */
    boolean publication(String topic, Publication publication, boolean raw, ByteBuf out, boolean mayGrow) {
        return encode(topic, publication.offset(), publication.message(), raw, out, mayGrow);
    }

    private boolean encode(String topic, long offset, Message message, boolean raw, ByteBuf out, boolean mayGrow) {
        if (raw && message.payload() instanceof Payload.Binary binary && !isAnswerable(message)) {
            return fits(binary.size(), out, mayGrow) && binary(binary, out);
        }
        ServerFrames.message(scratch.reset(), message, topic, offset);
        return fits(scratch.size(), out, mayGrow) && json(out);
    }

    private static boolean fits(int length, ByteBuf out, boolean mayGrow) {
        return mayGrow || length + MAX_HEADER <= out.writableBytes();
    }

    private static boolean binary(Payload.Binary binary, ByteBuf out) {
        header(BINARY, binary.size(), out);
        out.writeBytes(binary.asByteBuffer());
        return true;
    }

    private boolean json(ByteBuf out) {
        frame(TEXT, scratch.array(), scratch.size(), out);
        return true;
    }

    /** What is to be answered needs its id told, and so goes in JSON even to a client that likes it raw. */
    private static boolean isAnswerable(Message message) {
        return switch (message.intent()) {
            case Intent.Ask _ -> true;
            case Intent.Confirm _ -> true;
            case Intent.Tell _ -> false;
            case Intent.Reply _ -> false;
        };
    }

    static void frame(int opcode, byte[] payload, int length, ByteBuf out) {
        header(opcode, length, out);
        out.writeBytes(payload, 0, length);
    }

    static void header(int opcode, int length, ByteBuf out) {
        out.writeByte(FINAL | opcode);
        if (length <= SHORT) {
            out.writeByte(length);
        } else if (length <= 0xFFFF) {
            out.writeByte(LENGTH_16).writeShort(length);
        } else {
            out.writeByte(LENGTH_64).writeLong(length);
        }
    }
}
