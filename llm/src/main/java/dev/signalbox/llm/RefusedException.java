package dev.signalbox.llm;

import dev.langchain4j.exception.HttpException;
import java.net.http.HttpHeaders;

/** An answer that is not 2xx, with the headers that LangChain4j's own exception lacks. */
final class RefusedException extends HttpException {
    private static final long serialVersionUID = 1L;
    private final transient HttpHeaders headers;

    RefusedException(int status, String body, HttpHeaders headers) {
        super(status, body);
        this.headers = headers;
    }

    HttpHeaders headers() {
        return headers;
    }
}
