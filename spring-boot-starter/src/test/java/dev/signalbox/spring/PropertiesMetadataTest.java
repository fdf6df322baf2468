package dev.signalbox.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What editors show while someone writes {@code application.yaml}. */
class PropertiesMetadataTest {

    @Test
    void everyPropertyIsDescribed() throws IOException {
        try (InputStream file = getClass().getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            JsonNode properties =
                    JsonMapper.shared().readTree(Objects.requireNonNull(file)).get("properties");

            assertThat(StreamSupport.stream(properties.spliterator(), false)
                            .filter(property -> property.get("name").asString().startsWith("signalbox.")))
                    .hasSizeGreaterThan(15)
                    .allSatisfy(
                            property -> assertThat(property.path("description").asString(""))
                                    .as(property.get("name").asString())
                                    .endsWith("."));
        }
    }
}
