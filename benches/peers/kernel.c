/* The reduced problem in C: what a careful programmer writes, one scenario after the other. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KNOTS 65
#define RUNNING 64
#define ATTAINED 128
#define BACKOFF 68
#define VALID 304

static const double DT = 1.0, SIZE = 0.3, TIMEOUT = 30.0, RETRY = 1.0;
static const double TTL = 300.0, LOOKUPS = 0.05, NAMES = 40.0, NEGATIVE = 5.0, LOST = 600.0, BACK = 2400.0;

typedef struct { int head, counted; double total, scale, rate, era, first; } Cohort;
typedef struct { double amount, slope, era; } Slot;

static inline double over(double a, double b, double otherwise) { return b > 0.0 ? a / b : otherwise; }
static inline double low(double a, double b) { return b < a ? b : a; }
static inline double high(double a, double b) { return b > a ? b : a; }
static inline double within(double x, double a, double b) { return low(high(x, a), b); }

static inline Slot *fresh(Cohort *c, Slot *slots, int n, int steps) {
    int at = c->head + steps;
    if (at >= n) at -= n;
    if (slots[at].era < c->era) slots[at] = (Slot){0.0, 0.0, c->era};
    return &slots[at];
}

static inline void push(Cohort *c, Slot *slots, int n, double amount, double due_steps) {
    if (!(amount > 0.0)) return;
    double due = within(due_steps, 1.0, n - 2) - 1.0, whole = floor(due), part = due - whole, x = amount / c->scale;
    fresh(c, slots, n, (int)whole)->amount += x * (1.0 - part);
    if (part > 0.0) fresh(c, slots, n, (int)whole + 1)->amount += x * part;
    c->first = low(c->first, whole);
    c->total += amount;
}

static inline void slope(Cohort *c, Slot *slots, int n, double due, double x) {
    double whole = floor(due), part = due - whole;
    fresh(c, slots, n, (int)whole)->slope += x * (1.0 - part);
    if (part > 0.0) fresh(c, slots, n, (int)whole + 1)->slope += x * part;
}

static inline void push_even(Cohort *c, Slot *slots, int n, double amount, double from_steps, double to_steps) {
    if (!(amount > 0.0)) return;
    double last = n - 2, from = within(from_steps, 1.0, last) - 1.0;
    double to = within(to_steps - 1.0, from + 1.0, high(last, from + 1.0)), rate = amount / c->scale / (to - from);
    slope(c, slots, n, from, rate);
    slope(c, slots, n, to, -rate);
    c->first = low(c->first, floor(from));
    c->total += amount;
}

static void recount(Cohort *c, Slot *slots, int n) {
    double amounts = 0.0, slopes = 0.0, spread = 0.0;
    for (int k = 0; k < n; k++) {
        Slot *s = &slots[(c->head + k) % n];
        if (s->era < c->era) continue;
        amounts += s->amount;
        slopes += s->slope;
        spread += s->slope * k;
    }
    c->rate = -slopes;
    c->total = high((amounts - spread) * c->scale, 0.0);
}

static inline double expire(Cohort *c, Slot *slots, int n) {
    Slot *s = &slots[c->head];
    int current = s->era >= c->era;
    double rate = c->rate + (current ? s->slope : 0.0), exact = (current ? s->amount : 0.0) * c->scale;
    double due = exact + within(rate * c->scale, 0.0, high(c->total - exact, 0.0));
    c->rate = rate;
    *s = (Slot){0.0, 0.0, c->era};
    if (++c->head >= n) c->head = 0;
    c->first = high(c->first - 1.0, 0.0);
    c->total = high(c->total - due, 0.0);
    if (++c->counted >= 1024) {
        c->counted = 0;
        recount(c, slots, n);
    }
    return due;
}

typedef struct {
    Cohort backoff, valid;
    Slot backoff_slots[BACKOFF], valid_slots[VALID];
    double running_slots[RUNNING], attained_slots[ATTAINED];
    double running, front, began, there, attained, speed, retrying, failures, gone, ready, answers, reaching;
} State;

typedef struct { const double *busy; double servers, speed; } Cpu;

/* Requests that a step finds in service: those it does not end, those it is expected to end and what they still need. */
typedef struct { double there, ending, ending_s; } Found;

/* Requests in service on average over the step at a speed; `passing` times each is how many fewer a unit more leaves. */
static inline double present_at(const Found *found, double starts, double each, double *passing) {
    double a_step = each / DT, present = found->there, stays = low(SIZE * a_step, 1.0), half = starts * 0.5;
    *passing = 0.0;
    if (found->ending > 0.0) {
        double need = found->ending_s * a_step;
        if (found->ending >= need + need) {
            present += need, *passing += need;
        } else {
            double rest = found->ending * (found->ending / need) * 0.25;
            present += found->ending - rest, *passing += rest;
        }
    }
    *passing += 1.0 > stays ? stays * (starts - (half + half) * stays) : 0.0;
    return present + stays * (starts - half * stays);
}

#ifdef FIXED_ROUNDS
static inline double sigma(const Cpu *cpu, double present) {
    double at = present / (present + cpu->servers) * (KNOTS - 1);
    int k = (int)at < KNOTS - 2 ? (int)at : KNOTS - 2;
    return cpu->servers * (cpu->busy[k] + (cpu->busy[k + 1] - cpu->busy[k]) * (at - k));
}

static inline double excess(const Cpu *cpu, const Found *there, double starts, double speed) {
    double passing, present = present_at(there, starts, over(1.0, speed, 1e200), &passing);
    return present * speed - sigma(cpu, present) * cpu->speed;
}

/* Twelve rounds of false position between standing still and full speed, whatever they find. */
static double share(const Cpu *cpu, const Found *there, double starts, double last) {
    (void)last;
    double lo = 0.0, hi = cpu->speed, below = excess(cpu, there, starts, lo), above = excess(cpu, there, starts, hi);
    double moved = 0.5;
    if (!(above > 0.0)) return cpu->speed;
    for (int round = 0; round < 12; round++) {
        double next = within(lo - below * over(hi - lo, above - below, 0.0), lo, hi);
        if (!(next > lo && hi > next)) next = (lo + hi) * 0.5;
        double found = excess(cpu, there, starts, next);
        if (found > 0.0) {
            if (moved > 0.5) below *= 0.5;
            above = found, hi = next, moved = 1.0;
        } else {
            if (moved < 0.5) above *= 0.5;
            below = found, lo = next, moved = 0.0;
        }
    }
    return lo - below * over(hi - lo, above - below, 0.0);
}
#else
static double share(const Cpu *cpu, const Found *there, double starts, double last) {
    double full = cpu->speed, lo = 0.0, hi = full + full, next = low(last, full), answer = full;
    for (int round = 0; round < 24; round++) {
        double each = 1.0 / next, passing, present = present_at(there, starts, each, &passing), fewer = passing * each;
        double u = present / (present + cpu->servers), at = u * (KNOTS - 1);
        int k = (int)at < KNOTS - 2 ? (int)at : KNOTS - 2;
        double steeper = cpu->busy[k + 1] - cpu->busy[k], part = cpu->busy[k] + steeper * (at - k);
        double busy = cpu->servers * part * full, found = present * next - busy, rest = 1.0 - u;
        double slope = present - (next - steeper * (KNOTS - 1) * rest * rest * full) * fewer;
        answer = low(next - over(found, slope, 0.0), full);
        if (!(busy > 0.0) || (next >= full && !(found > 0.0))) return full;
        if (!(fabs(found) > 16.0 * 2.220446049250313e-16 * busy)) break;
        if (found > 0.0) hi = next; else lo = next;
        next = answer > lo && hi > answer ? answer : low((lo + hi) * 0.5, full);
    }
    return answer;
}
#endif

static inline double clock_at(const State *s, double step, double now, double from, double to) {
    return step > now ? to : step >= now ? from : s->attained_slots[(int)step & (ATTAINED - 1)];
}

/* Of those who started while the clock went from `began` to `end`, the place of the one whose service is complete at `v`. */
static inline double place(double v, double began, double end, double per) {
    return within(per > 0.0 ? (v - began) * per : v >= end, 0.0, 1.0);
}

/* Whether anybody who started from `began` on, `age` steps ago, can be gone as the clock comes to `target`. */
static inline int due(double began, double target, double age) {
    return target >= began || age - TIMEOUT / DT + 1.0 > 0.0;
}

static void scenario(const Cpu *cpu, double per_s, int steps, double sums[5]) {
    static _Thread_local State s;
    memset(&s, 0, sizeof s);
    s.backoff.scale = s.valid.scale = 1.0;
    s.speed = cpu->speed, s.ready = s.answers = 1.0;
    double expected = LOOKUPS * DT * TTL, warm = expected / (1.0 + expected), upstream;
    push_even(&s.valid, s.valid_slots, VALID, warm, 1.0, TTL + 1.0);
    s.gone = 1.0 - warm;
    s.reaching = NAMES * LOOKUPS / (1.0 + LOOKUPS * TTL);
    double touched = -expm1(-LOOKUPS * DT), rest = touched / (LOOKUPS * DT);
    for (int k = 0; k < 5; k++) sums[k] = 0.0;
    for (int step = 0; step < steps; step++) {
        double from = s.attained;
        Found found = {0.0, 0.0, 0.0};
        if (s.running > 0.0) {
            double to = from + s.speed * DT, target = to - SIZE, past = from - SIZE, at = s.front;
            double began = s.began, there = s.there;
            while (step > at && s.running > found.ending) {
                double end = clock_at(&s, at + 1, step, from, to), per = over(1.0, end - began, 0.0);
                double expired = step - at - TIMEOUT / DT, first = low(high(place(past, began, end, per), expired), 1.0);
                double complete = high(place(target, began, end, per), first), last = low(high(complete, expired + 1.0), 1.0);
                double each = over(there, 1.0 - first, 0.0);
                double through = each * (complete - first), cut = each * (last - complete);
                found.ending += through + cut;
                found.ending_s += through * high(began + (end - began) * ((first + complete) * 0.5) + SIZE - from, 0.0);
                if (cut > 0.0) found.ending_s += cut * within((complete + last) * 0.5 - expired, 0.0, 1.0) * (to - from);
                if (last < 1.0) break;
                at += 1.0, began = end;
                if (!due(began, target, step - at)) break;
                there = s.running_slots[(int)at & (RUNNING - 1)];
            }
            found.ending = low(found.ending, s.running);
        }
        double again = expire(&s.backoff, s.backoff_slots, BACKOFF), sent = per_s * DT + again;
        double part_again = over(again, sent, 0.0);
        s.retrying += sent * part_again;
        found.there = high(s.running - found.ending, 0.0);
        if (sent > 0.0) {
            s.running_slots[step & (RUNNING - 1)] = sent;
            if (!(s.running > 0.0) || s.front == step) s.front = step, s.began = from, s.there = sent;
            s.running += sent;
        }
        double speed = share(cpu, &found, sent, s.speed);
        double to = from + speed * DT;
        s.attained = to, s.speed = speed;
        s.attained_slots[step & (ATTAINED - 1)] = from;
        /* ends */
        double answered = 0.0, timed_out = 0.0;
        if (s.running > 0.0) {
            double before = s.running, target = to - SIZE, past = from - SIZE, passes = over(1.0, to - from, 0.0);
            double done = 0.0, all = 0.0;
            if (step - (RUNNING - 2) > s.front) {
                s.front = step - (RUNNING - 2), s.there = s.running_slots[(int)s.front & (RUNNING - 1)];
                s.began = clock_at(&s, s.front, step, from, to);
            }
            double began = s.began;
            while (step >= s.front && s.running > 0.0) {
                double end = clock_at(&s, s.front + 1, step, from, to), per = over(1.0, end - began, 0.0);
                double expired = step - s.front - TIMEOUT / DT, first = low(high(place(past, began, end, per), expired), 1.0);
                double complete = high(place(target, began, end, per), first), last = low(high(complete, expired + 1.0), 1.0);
                double here = low(s.there, s.running);
                double each = over(here, 1.0 - first, 0.0), through = complete >= 1.0 ? here : each * (complete - first);
                double middle = (first + complete) * 0.5;
                double late = (began + (end - began) * middle + SIZE - from) * passes - (middle - expired);
                double more = (complete - first) * 0.5 * ((end - began) * passes - 1.0), behind = 0.0;
                double too_late = high(late - more, 0.0) + high(late + more, 0.0);
                if (through * too_late > 0.0) behind = through * over(too_late, fabs(late - more) + fabs(late + more), 0.0);
                double cut = last >= 1.0 ? here - through : each * (last - complete);
                done += through - behind, all += behind, all += cut;
                s.there = here - (through + cut), s.running -= through + cut;
                if (last < 1.0) break;
                s.front += 1.0, began = end, s.there = s.running_slots[(int)s.front & (RUNNING - 1)];
                if (!due(began, target, step - s.front)) break;
            }
            s.began = began;
            s.running_slots[(step + 1) & (RUNNING - 1)] = 0.0;
            if (high(before * 1e-13, 1e-12) >= s.running) s.running = 0.0;
            double present = s.running + done + all, part = low(over(s.retrying, present, 0.0), 1.0);
            s.retrying = high(s.retrying - (done + all) * part, 0.0);
            double mean = high(over(s.failures, s.retrying + s.backoff.total, 1.0), 1.0);
            s.failures = high(s.failures - done * part * mean, 0.0);
            if (all > 0.0) {
                push_even(&s.backoff, s.backoff_slots, BACKOFF, all, RETRY / DT, RETRY / DT);
                s.failures = high(s.failures + all, 0.0);
            }
            answered = done, timed_out = all;
        }
        /* names */
        double now = step * DT;
        double lost = now >= LOST && BACK > now, failing = 1.0 - s.answers;
        double queries = s.reaching * 2.0 * (1.0 + failing) * 1.0, served = low(over(1e9 * s.ready, queries, 1.0), 1.0);
        double back = (1.0 - lost) / 5.0;
        s.ready = (s.ready + DT * back) / (1.0 + DT * back);
        s.answers = s.ready * served * (1.0 - lost);
        upstream = 1.0 - (1.0 - s.answers) * (1.0 - s.answers);
        double gone = s.gone, leaving = expire(&s.valid, s.valid_slots, VALID);
        double remembered = LOOKUPS * NEGATIVE * (1.0 - upstream);
        double asks = 1.0 / (1.0 + remembered / (1.0 + remembered * (1.0 - s.ready) * 0.5));
        double fresh_now = gone * touched * upstream * asks + leaving * (1.0 - rest) * upstream * asks;
        s.gone = high(gone + leaving - fresh_now, 0.0);
        push(&s.valid, s.valid_slots, VALID, fresh_now, TTL);
        double absent = (gone + s.gone) * 0.5, repeated = absent * LOOKUPS * DT * asks * (1.0 - upstream);
        s.reaching = (fresh_now + repeated) / DT * NAMES;
        sums[0] += s.running, sums[1] += answered, sums[2] += timed_out;
        sums[3] += low(s.valid.total, 1.0), sums[4] += absent * (1.0 - upstream);
    }
}

/* stdin: servers, speed, the table of busy cores; argv: scenarios, steps. stdout: CPU seconds, then five sums a line. */
int main(int argc, char **argv) {
    int count = atoi(argv[1]), steps = atoi(argv[2]);
    static double busy[KNOTS];
    Cpu cpu = {busy, 0.0, 0.0};
    if (argc < 3 || scanf("%lf %lf", &cpu.servers, &cpu.speed) != 2) return 2;
    for (int k = 0; k < KNOTS; k++) if (scanf("%lf", &busy[k]) != 1) return 2;
    double (*sums)[5] = malloc(sizeof(double[5]) * count);
    double best = INFINITY;
    for (int round = 0; round < 5; round++) {
        struct timespec a, b;
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
#pragma omp parallel for schedule(dynamic)
        for (int i = 0; i < count; i++)
            scenario(&cpu, 4.0 / SIZE * (0.6 + 0.9 * i / (count > 1 ? count - 1 : 1)), steps, sums[i]);
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
        best = fmin(best, (b.tv_sec - a.tv_sec) + 1e-9 * (b.tv_nsec - a.tv_nsec));
    }
    printf("%.9g\n", best);
    for (int i = 0; i < count; i++)
        printf("%.17g %.17g %.17g %.17g %.17g\n", sums[i][0], sums[i][1], sums[i][2], sums[i][3], sums[i][4]);
    return 0;
}
