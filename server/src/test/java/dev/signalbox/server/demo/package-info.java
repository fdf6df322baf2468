@NullMarked
package dev.signalbox.server.demo;

import org.jspecify.annotations.NullMarked;
