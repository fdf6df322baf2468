package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's frames strictly by RFC 6455 and RFC 7692, from bytes that come in pieces of any length, and fails at the
 * first byte that cannot be right. For one thread. After a violation it must not be used any more.
 */
final class FrameDecoder implements FrameSource {
    private static final int MAX_CONTROL = 125;
    private static final byte[] NOTHING = {};

    private final boolean deflate;
    private int maxBytes;

    private final FrameHeader header = new FrameHeader();
    private final Fragments message = new Fragments();
    private boolean inPayload;
    private int length;
    private int read;
    private byte[] control = NOTHING;

    /** Messages have at most {@code maxBytes}, also after decompression, which is allowed with {@code deflate}. */
    FrameDecoder(int maxBytes, boolean deflate) {
        this.maxBytes = maxBytes;
        this.deflate = deflate;
    }

    @Override
    public void limit(int bytes) {
        maxBytes = bytes;
    }

    @Override
    public @Nullable Frame next(ByteBuf in) throws ProtocolViolation {
        while (inPayload || header.read(in)) {
            if (!inPayload) {
                begin();
            }
            if (!readPayload(in)) {
                return null;
            }
            Frame frame = end();
            if (frame != null) {
                return frame;
            }
        }
        return null;
    }

    @Override
    public int underWay() {
        int current = inPayload && header.isControl() ? header.size() + read : header.size();
        return message.isBegun() ? Math.max(1, message.size() + current) : current;
    }

    private void begin() throws ProtocolViolation {
        check();
        if (header.isControl()) {
            control = new byte[(int) header.length()];
        } else {
            beginData();
        }
        length = (int) header.length();
        read = 0;
        inPayload = true;
    }

    private void check() throws ProtocolViolation {
        require(!header.hasUnknownBits(), "a reserved bit is set that no extension uses");
        require(!header.isCompressed() || deflate, "a frame is compressed, which was not negotiated");
        require(header.isMasked(), "frames from a client must be masked");
        require(header.length() >= 0 && header.isMinimal(), "a length is not written as it should be");
        if (header.isControl()) {
            require(header.opcode() <= FrameEncoder.PONG, "an opcode that is reserved");
            require(header.isFinal(), "a control frame must not be fragmented");
            require(header.length() <= MAX_CONTROL, "a control frame has at most 125 bytes");
            require(!header.isCompressed(), "a control frame must not be compressed");
        } else {
            require(header.opcode() <= FrameEncoder.BINARY, "an opcode that is reserved");
        }
    }

    private void beginData() throws ProtocolViolation {
        if (header.opcode() == FrameHeader.CONTINUATION) {
            require(message.isBegun(), "a continuation of nothing");
            require(!header.isCompressed(), "only the first frame of a message says that it is compressed");
        } else {
            require(!message.isBegun(), "a new message before the end of the one before");
            message.begin(header.opcode() == FrameEncoder.TEXT, header.isCompressed());
        }
        if (header.length() > maxBytes - message.size()) {
            throw ProtocolViolation.tooLarge(maxBytes);
        }
    }

    private static void require(boolean holds, String otherwise) throws ProtocolViolation {
        if (!holds) {
            throw ProtocolViolation.protocol(otherwise);
        }
    }

    private boolean readPayload(ByteBuf in) throws ProtocolViolation {
        int count = Math.min(length - read, in.readableBytes());
        if (header.isControl()) {
            in.readBytes(control, read, count);
            Mask.remove(header.mask(), read, control, read, read + count);
        } else {
            message.append(in, count, header, read, length);
        }
        read += count;
        return read == length;
    }

    private @Nullable Frame end() throws ProtocolViolation {
        inPayload = false;
        Frame frame = header.isControl() ? control() : data();
        header.reset();
        return frame;
    }

    private @Nullable Frame data() throws ProtocolViolation {
        if (header.isFinal()) {
            return message.end(maxBytes);
        }
        return length == 0 ? new Frame(Frame.Kind.EMPTY_FRAGMENT, NOTHING) : null;
    }

    private Frame control() throws ProtocolViolation {
        return switch (header.opcode()) {
            case FrameEncoder.PING -> new Frame(Frame.Kind.PING, control);
            case FrameEncoder.PONG -> new Frame(Frame.Kind.PONG, control);
            default -> close();
        };
    }

    private Frame close() throws ProtocolViolation {
        if (control.length > 0) {
            require(control.length >= Short.BYTES, "a status code has two bytes");
            int code = (control[0] & 0xFF) << Byte.SIZE | (control[1] & 0xFF);
            require(CloseCode.isValid(code), "a status code that must not be sent");
            if (!Utf8.isValid(control, Short.BYTES, control.length)) {
                throw ProtocolViolation.invalidText();
            }
        }
        return new Frame(Frame.Kind.CLOSE, control);
    }
}
