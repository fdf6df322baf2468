package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;

/** Frames of plain TCP: the JSON objects of the protocol, told apart in one of two ways. */
enum TcpFormat implements WireFormat {
    /** Each ends with a line feed, which JSON written without indentation does not contain. */
    LINES(1) {
        @Override
        public void json(byte[] json, int length, ByteBuf out) {
            out.writeBytes(json, 0, length).writeByte('\n');
        }
    },

    /** Each begins with its length: four bytes, the highest first. */
    LENGTHS(Integer.BYTES) {
        @Override
        public void json(byte[] json, int length, ByteBuf out) {
            out.writeInt(length).writeBytes(json, 0, length);
        }
    };

    private final int overhead;

    TcpFormat(int overhead) {
        this.overhead = overhead;
    }

    static TcpFormat of(TcpOptions.Framing framing) {
        return switch (framing) {
            case LINES -> LINES;
            case LENGTHS -> LENGTHS;
        };
    }

    FrameSource source(int maxBytes) {
        return switch (this) {
            case LINES -> new LineSource(maxBytes);
            case LENGTHS -> new LengthSource(maxBytes);
        };
    }

    @Override
    public int most(int content) {
        return content + overhead;
    }
}
