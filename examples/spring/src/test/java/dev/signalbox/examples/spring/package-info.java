@NullMarked
package dev.signalbox.examples.spring;

import org.jspecify.annotations.NullMarked;
