/* What the kernel costs of N requests in flight over K sockets, without a driver: one thread waits for all of them, receives what is there,
 * computes for a given time for each answer, as a driver and its user would, looks once more, and then sends once on each socket as many
 * requests as it had answers.
 *
 *   bare-sockets INFLIGHT SECONDS NANOSECONDS_OF_WORK HOST:PORT [HOST:PORT ...]
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST = 16, HEADER = 9, STARTUP = 1, PREPARE = 9, EXECUTE = 10 };

static int sockets[MOST], had[MOST], count;
static uint8_t received[MOST][1 << 20], outgoing[1 << 20], body[64];
static int body_length;
static double rounds_per_nanosecond = 1;
static volatile uint64_t sink;

static void fail(const char *what) { perror(what); exit(1); }
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec * 1e-6; }
static uint32_t number(const uint8_t *p) { uint32_t n; memcpy(&n, p, 4); return ntohl(n); }

static int envelope(uint8_t *p, int stream, int opcode, const void *content, int length) {
  uint32_t size = htonl(length);
  p[0] = 4, p[1] = 0, p[2] = stream >> 8, p[3] = stream, p[4] = opcode;
  memcpy(p + 5, &size, 4);
  memcpy(p + HEADER, content, length);
  return HEADER + length;
}

static void send_all(int s, const uint8_t *p, int left) {
  while (left > 0) { int sent = send(s, p, left, 0); if (sent <= 0) fail("send"); p += sent, left -= sent; }
}

static void receive_all(int s, uint8_t *p, int left) {
  while (left > 0) { int got = recv(s, p, left, 0); if (got <= 0) fail("recv"); p += got, left -= got; }
}

static void ask(int s, int opcode, const void *content, int length, uint8_t *answer) {
  uint8_t header[HEADER];
  send_all(s, outgoing, envelope(outgoing, 0, opcode, content, length));
  receive_all(s, header, HEADER);
  receive_all(s, answer, number(header + 5));
}

static void work(double nanoseconds) {
  uint64_t x = sink;
  for (uint64_t left = nanoseconds * rounds_per_nanosecond; left > 0; left--) x = x * 6364136223846793005ull + 1442695040888963407ull;
  sink = x;
}

static int open_socket(char *address) {
  static const char query[] = "SELECT id, name, age, ts, v FROM bench.one WHERE id = ?";
  char *port = strchr(address, ':');
  if (!port) { fprintf(stderr, "bare-sockets: %s is no HOST:PORT\n", address); exit(2); }
  *port++ = 0;
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  inet_pton(AF_INET, address, &to.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(s, (void *)&to, sizeof to)) fail("connect");
  uint8_t text[256], answer[4096];
  uint32_t length = htonl(sizeof query - 1);
  memcpy(text, &length, 4);
  memcpy(text + 4, query, sizeof query - 1);
  ask(s, STARTUP, "\0\1\0\13CQL_VERSION\0\0053.0.0", 22, answer);
  ask(s, PREPARE, text, 4 + sizeof query - 1, answer);
  /* EXECUTE: the id; LOCAL_ONE, values and no metadata, one value of eight bytes. */
  memcpy(body, "\0\20", 2);
  memcpy(body + 2, answer + 6, 16);
  memcpy(body + 18, "\0\12\3\0\1\0\0\0\10\0\0\0\0\0\0\0\52", 17);
  body_length = 35;
  return s;
}

static void send_requests(int socket, int requests) {
  int length = 0;
  for (int i = 0; i < requests; i++) length += envelope(outgoing + length, i, EXECUTE, body, body_length);
  send_all(sockets[socket], outgoing, length);
}

/* Takes what a socket has; returns how many answers that were. */
static int take(int i) {
  int got = recv(sockets[i], received[i] + had[i], sizeof received[i] - had[i], 0), answers = 0, at = 0;
  if (got <= 0) fail("recv");
  had[i] += got;
  while (had[i] - at >= HEADER && had[i] - at >= HEADER + (int)number(received[i] + at + 5)) {
    at += HEADER + number(received[i] + at + 5);
    answers++;
  }
  memmove(received[i], received[i] + at, had[i] -= at);
  return answers;
}

int main(int arguments, char **argument) {
  if (arguments < 5 || arguments - 4 > MOST) { fprintf(stderr, "bare-sockets INFLIGHT SECONDS NANOSECONDS_OF_WORK HOST:PORT ...\n"); return 2; }
  int in_flight = atoi(argument[1]);
  double length = atof(argument[2]), each = atof(argument[3]), from = now();
  work(100e6);
  rounds_per_nanosecond = 0.1 / (now() - from);
  count = arguments - 4;
  for (int i = 0; i < count; i++) sockets[i] = open_socket(argument[4 + i]);
  for (int i = 0; i < count; i++) send_requests(i, in_flight / count + (i < in_flight % count));

  struct rusage before = {0}, after;
  long done = 0, sends = 0;
  int measures = 0;
  from = now();
  while (1) {
    struct pollfd ready[MOST];
    int answers[MOST] = {0}, all = 0, some, wait = -1;
    for (int i = 0; i < count; i++) ready[i] = (struct pollfd){sockets[i], POLLIN, 0};
    do {
      some = 0;
      if (poll(ready, count, wait) > 0) {
        for (int i = 0; i < count; i++) if (ready[i].revents) { int got = take(i); answers[i] += got, some += got; }
        work(each * some);
        all += some;
      }
      wait = 0;
    } while (count > 1 && some > 0 && all < in_flight);
    for (int i = 0; i < count; i++) if (answers[i] > 0) { send_requests(i, answers[i]); sends++; }
    done += all;
    if (!measures && now() - from > 1) {
      measures = 1, done = sends = 0, from = now();
      getrusage(RUSAGE_SELF, &before);
    } else if (measures && now() - from > length) break;
  }
  double elapsed = now() - from;
  getrusage(RUSAGE_SELF, &after);
  double kernel = seconds(after.ru_stime) - seconds(before.ru_stime), user = seconds(after.ru_utime) - seconds(before.ru_utime);
  printf("bare sockets=%d req/s=%.0f cpu_us/req=%.3f kernel_us/req=%.3f req/send=%.0f\n", count, done / elapsed, (kernel + user) * 1e6 / done, kernel * 1e6 / done, (double)done / sends);
}
