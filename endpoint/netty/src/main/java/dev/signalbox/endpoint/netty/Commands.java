package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;

/** The JSON objects of one text frame, one after another. Throws a JacksonException at whatever is not JSON. For one thread. */
final class Commands implements AutoCloseable {
    private final JsonParser parser;

    /** Stands at the first. */
    Commands(byte[] utf8) {
        parser = FrameReader.JSON.createParser(ObjectReadContext.empty(), utf8);
        advance();
    }

    /** The only one of a frame that must not have several. */
    static ClientFrame only(byte[] utf8, List<Address> defaults) throws MalformedFrameException {
        try (Commands commands = new Commands(utf8)) {
            ClientFrame frame = commands.read(defaults);
            if (commands.advance()) {
                throw new MalformedFrameException(null, "this frame must stand alone");
            }
            return frame;
        }
    }

    /** Goes to the next; false if there is none. */
    boolean advance() {
        return parser.nextToken() != null;
    }

    /** Reads the current one. What is wrong with it does not concern the next. */
    ClientFrame read(List<Address> defaults) throws MalformedFrameException {
        try {
            return FrameReader.read(parser, defaults);
        } catch (MalformedFrameException e) {
            skip();
            throw e;
        }
    }

    private void skip() {
        while (!parser.streamReadContext().inRoot() && parser.nextToken() != null) {
            parser.skipChildren();
        }
    }

    @Override
    public void close() {
        parser.close();
    }
}
