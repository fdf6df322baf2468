package dev.signalbox.spring;

import dev.signalbox.mail.MailAgent;
import dev.signalbox.mail.MailSender;
import dev.signalbox.mail.SmtpSender;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** A mail agent over the configured SMTP server and the application's senders of mail. */
@AutoConfiguration
@ConditionalOnClass(MailAgent.class)
@EnableConfigurationProperties(MailProperties.class)
final class MailAutoConfiguration {

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    @Conditional(Possible.class)
    MailAgent mailAgent(MailProperties properties, ObjectProvider<MailSender> senders) {
        Stream<MailSender> configured = Optional.ofNullable(properties.host())
                .map(host -> (MailSender) new SmtpSender(properties.options(host)))
                .stream();
        return MailAgent.of(Stream.concat(configured, senders.orderedStream()).toArray(MailSender[]::new));
    }

    /** There is something to send by. */
    static final class Possible extends AnyNestedCondition {
        Possible() {
            super(ConfigurationPhase.REGISTER_BEAN);
        }

        @ConditionalOnProperty("signalbox.mail.host")
        static final class Server {}

        @ConditionalOnBean(MailSender.class)
        static final class Sender {}
    }
}
