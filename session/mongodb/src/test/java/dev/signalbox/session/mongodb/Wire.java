package dev.signalbox.session.mongodb;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** MongoDB's messages, as far as a driver sends them. */
final class Wire {
    private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();
    private static final int HEADER = 16;
    private static final int OP_REPLY = 1;
    private static final int OP_QUERY = 2004;
    private static final int OP_MSG = 2013;

    private Wire() {}

    /** A whole message, header included. */
    static final class Message {
        private final byte[] bytes;

        Message(byte[] bytes) {
            this.bytes = bytes;
        }

        byte[] bytes() {
            return bytes;
        }

        private ByteBuffer from(int position) {
            return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).position(position);
        }

        int id() {
            return from(4).getInt();
        }

        /** Old drivers', and every driver's first. */
        boolean isQuery() {
            return from(12).getInt() == OP_QUERY;
        }

        /** The command, with sequences of documents put into it as arrays. */
        BsonDocument body() {
            return isQuery() ? query() : sections();
        }

        private BsonDocument query() {
            ByteBuffer in = from(HEADER + 4);
            name(in);
            in.position(in.position() + 8);
            return document(in);
        }

        private BsonDocument sections() {
            ByteBuffer in = from(HEADER + 4);
            BsonDocument body = new BsonDocument();
            BsonDocument sequences = new BsonDocument();
            while (in.hasRemaining()) {
                if (in.get() == 0) {
                    body = document(in);
                } else {
                    int end = in.position() + in.getInt();
                    BsonArray documents = new BsonArray();
                    sequences.put(name(in), documents);
                    while (in.position() < end) {
                        documents.add(document(in));
                    }
                }
            }
            body.putAll(sequences);
            return body;
        }

        private String name(ByteBuffer in) {
            int start = in.position();
            while (in.get() != 0) {
                // The name ends with a zero.
            }
            return new String(bytes, start, in.position() - start - 1, StandardCharsets.UTF_8);
        }

        private BsonDocument document(ByteBuffer in) {
            int start = in.position();
            int length = in.getInt();
            in.position(start + length);
            return new RawBsonDocument(bytes, start, length).decode(CODEC);
        }

        /** The answer to this with that document. */
        Message answer(BsonDocument document) {
            byte[] body = encoded(document);
            int fixed = isQuery() ? 20 : 5;
            ByteBuffer out = ByteBuffer.allocate(HEADER + fixed + body.length).order(ByteOrder.LITTLE_ENDIAN);
            out.putInt(out.capacity()).putInt(0).putInt(id()).putInt(isQuery() ? OP_REPLY : OP_MSG);
            if (isQuery()) {
                out.putInt(8).putLong(0).putInt(0).putInt(1);
            } else {
                out.putInt(0).put((byte) 0);
            }
            out.put(body);
            return new Message(out.array());
        }

        private static byte[] encoded(BsonDocument document) {
            ByteBuffer raw =
                    new RawBsonDocument(document, CODEC).getByteBuffer().asNIO();
            byte[] encoded = new byte[raw.remaining()];
            raw.get(encoded);
            return encoded;
        }
    }

    /** Reads one; throws {@link EOFException} at the end. */
    static Message read(InputStream in) throws IOException {
        byte[] length = new byte[4];
        new DataInputStream(in).readFully(length);
        int size = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getInt();
        byte[] bytes = Arrays.copyOf(length, size);
        new DataInputStream(in).readFully(bytes, 4, size - 4);
        return new Message(bytes);
    }
}
