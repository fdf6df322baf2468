package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Intent;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Publication;
import io.netty.buffer.ByteBuf;

/** Appends messages to a buffer, in any format. For one thread. */
final class MessageEncoder {
    private final JsonBytes scratch = new JsonBytes();

    /** A message for one client. */
    void message(Message message, WireFormat format, ByteBuf out) {
        encode("", 0, "", message, format, out, true);
    }

    /**
     * The same for a message of a topic, which is empty for what goes to all.
     *
     * @param mayGrow whether {@code out} may be made larger
     * @return false, with nothing written, if it would have to be and may not
     */
    boolean publication(String topic, Publication publication, WireFormat format, ByteBuf out, boolean mayGrow) {
        return encode(topic, publication.offset(), publication.topic(), publication.message(), format, out, mayGrow);
    }

    private boolean encode(
            String topic, long offset, String in, Message message, WireFormat format, ByteBuf out, boolean mayGrow) {
        if (message.payload() instanceof Payload.Binary binary && !isAnswerable(message)) {
            if (!fits(binary.size(), format, out, mayGrow)) {
                return false;
            }
            if (format.payload(binary, out)) {
                return true;
            }
        }
        ServerFrames.message(scratch.reset(), message, topic, offset, in);
        if (!fits(scratch.size(), format, out, mayGrow)) {
            return false;
        }
        format.json(scratch.array(), scratch.size(), out);
        return true;
    }

    private static boolean fits(int length, WireFormat format, ByteBuf out, boolean mayGrow) {
        return mayGrow || format.most(length) <= out.writableBytes();
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
}
