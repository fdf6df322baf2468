package dev.signalbox.templates;

import io.pebbletemplates.pebble.extension.AbstractExtension;
import io.pebbletemplates.pebble.lexer.Token;
import io.pebbletemplates.pebble.node.ForNode;
import io.pebbletemplates.pebble.node.RenderableNode;
import io.pebbletemplates.pebble.parser.Parser;
import io.pebbletemplates.pebble.tokenParser.ForTokenParser;
import io.pebbletemplates.pebble.tokenParser.TokenParser;
import java.util.List;

/** The tag {@code for} in place of Pebble's own: each pass is counted. */
final class PebbleLoops extends AbstractExtension {
    @Override
    public List<TokenParser> getTokenParsers() {
        return List.of(new BoundedFor());
    }

    private static final class BoundedFor extends ForTokenParser {
        @Override
        public RenderableNode parse(Token token, Parser parser) {
            var loop = (ForNode) super.parse(token, parser);
            return new ForNode(
                    loop.getLineNumber(),
                    loop.getIterationVariable(),
                    new BoundedValue(loop.getIterable(), BoundedValue.Kind.LOOP),
                    loop.getBody(),
                    loop.getElseBody());
        }
    }
}
