package dev.signalbox.examples.spring;

import dev.signalbox.delivery.sms.GenericProvider;
import dev.signalbox.delivery.sms.SmsOptions;
import dev.signalbox.delivery.sms.SmsSender;
import java.net.URI;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** Takes orders and confirms them by SMS. */
@SpringBootApplication
public class OrdersApplication {
    public static void main(String[] args) {
        SpringApplication.run(OrdersApplication.class, args);
    }

    @Bean
    SmsSender sms(@Value("${sms.url}") URI url, @Value("${sms.token}") String token) {
        return SmsSender.of(GenericProvider.of(url, token), SmsOptions.defaults());
    }
}
