// SPDX-License-Identifier: Apache-2.0
package dev.waltap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What help says of a word that it does not know. */
class HelpTest extends CommandTest {

  @Test
  void anUnknownWordIsAnsweredWithTheTopics() {
    assertThat(run("help", "bogus")).isEqualTo(2);
    assertThat(err())
        .contains("there is no command and no topic of that name: the topics are ")
        .contains(String.join(", ", Topic.names()))
        .contains("'waltap help' lists the commands");
    assertThat(run("help", "gap")).isEqualTo(2);
    assertThat(err()).contains("did you mean 'gaps'? the topics are ");
  }
}
