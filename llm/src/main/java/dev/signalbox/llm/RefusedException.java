package dev.signalbox.llm;

import dev.langchain4j.exception.HttpException;
import java.util.List;
import java.util.Map;

/** An answer that is not 2xx, with the headers that LangChain4j's own exception lacks. */
final class RefusedException extends HttpException {
    private static final long serialVersionUID = 1L;
    private final transient Map<String, List<String>> headers;

    RefusedException(int status, String body, Map<String, List<String>> headers) {
        super(status, body);
        this.headers = headers;
    }

    Map<String, List<String>> headers() {
        return headers;
    }
}
