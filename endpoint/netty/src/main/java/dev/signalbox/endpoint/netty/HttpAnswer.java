package dev.signalbox.endpoint.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** An HTTP response in JSON, after which the connection ends. */
record HttpAnswer(HttpResponseStatus status, String json, Map<String, String> headers) {

    static HttpAnswer of(HttpResponseStatus status, String json) {
        return new HttpAnswer(status, json, Map.of("connection", "close"));
    }

    static HttpAnswer error(HttpResponseStatus status, String message) {
        byte[] json =
                new JsonBytes().raw("{\"error\":").string(message).raw("}").copy();
        return of(status, new String(json, StandardCharsets.UTF_8));
    }

    HttpAnswer with(String header, String value) {
        Map<String, String> more = new TreeMap<>(headers);
        more.put(header, value);
        return new HttpAnswer(status, json, more);
    }

    ByteBuf encode() {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = new StringBuilder("HTTP/1.1 " + status + "\r\n");
        headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("content-type: application/json\r\ncontent-length: " + body.length + "\r\n\r\n");
        return Unpooled.wrappedBuffer(head.toString().getBytes(StandardCharsets.US_ASCII), body);
    }
}
