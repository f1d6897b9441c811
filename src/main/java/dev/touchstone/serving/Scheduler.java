package dev.touchstone.serving;

import dev.touchstone.model.KvCache;
import dev.touchstone.model.Transformer;
import dev.touchstone.serving.Plan.Chunk;
import dev.touchstone.serving.PrefixCache.Block;
import dev.touchstone.tensor.KeyValuePage;
import dev.touchstone.tensor.KeyValuePages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Decides what each forward pass computes. It has no thread, no clock and no random numbers: the same calls give the same plans.
 *
 * <ol>
 *   <li>Each running request that needs one token to continue gets it. If there is no page for it, the youngest request is
 *       preempted: it loses its pages and is computed again later.
 *   <li>Waiting requests begin to run, preempted ones first, then those of the client that was served least, as long as there are
 *       pages for the whole of their prompts.
 *   <li>The rest of the budget is shared by the prompts. The shortest comes first, so it need not wait for a long one, and each
 *       gets an equal share, so the long one need not wait for the short ones.
 * </ol>
 */
final class Scheduler {
    private static final Comparator<Task> BY_AGE = Comparator.comparingLong(Task::order);

    private final Transformer model;
    private final Limits limits;
    private final PagePool pool;
    private final PrefixCache prefixes;
    private final ClientQueue queue = new ClientQueue();
    private final NavigableSet<Task> preempted = new TreeSet<>(BY_AGE);
    private final NavigableSet<Task> running = new TreeSet<>(BY_AGE);
    private long arrivals;
    private long begun;
    private long promptTokens;
    private long hitTokens;
    private long preemptions;

    Scheduler(Transformer model, Limits limits, PagePool pool) {
        this.model = model;
        this.limits = limits;
        this.pool = pool;
        this.prefixes = new PrefixCache(pool);
    }

    /** Lets a request wait for its turn. */
    void add(Task task) {
        task.arrive(arrivals++);
        queue.add(task);
    }

    /** All requests that run or wait. */
    List<Task> tasks() {
        return Stream.of(running.stream(), preempted.stream(), queue.waiting())
                .flatMap(tasks -> tasks)
                .toList();
    }

    /** Removes a request that has ended, wherever it is. */
    void remove(Task task) {
        running.remove(task);
        preempted.remove(task);
        queue.ended(task);
        task.close();
    }

    /** What the next forward pass computes; empty only if there are no requests. */
    Plan plan() {
        running.stream().filter(Task::hasSlid).forEach(task -> {
            task.close();
            open(task);
        });
        Plan plan = new Plan(limits.stepTokens());
        decode(plan);
        admit(plan);
        computePrompts(plan);
        while (plan.isEmpty() && running.size() > 1) { // the prompts hold all pages, and none can grow
            preempt(running.last());
            computePrompts(plan);
        }
        prefixes.makeRoom(plan.pages());
        return plan;
    }

    /** Step 1: the next token of each request that needs no more than that. */
    private void decode(Plan plan) {
        for (Task task : List.copyOf(running)) {
            if (running.contains(task) && task.remaining() == 1) {
                while (running.contains(task) && !fits(task, 1, plan)) {
                    preempt(running.last());
                }
                if (running.contains(task)) {
                    plan.add(task, 1);
                }
            }
        }
    }

    private boolean fits(Task task, int count, Plan plan) {
        return plan.pages() + task.cache().pagesToExtend(count) <= pool.capacity() - pool.used();
    }

    private void preempt(Task task) {
        running.remove(task);
        task.close();
        preempted.add(task);
        preemptions++;
    }

    /** Step 2: requests begin to run. */
    private void admit(Plan plan) {
        while (running.size() < limits.running()) {
            Task next = preempted.isEmpty() ? queue.peek() : preempted.first();
            if (next == null) {
                return;
            }
            open(next);
            int needed = plan.pages() + pagesToCome(next);
            needed += running.stream().mapToInt(this::pagesToCome).sum();
            if (!running.isEmpty() && needed > pool.capacity() - pool.used()) {
                next.close(); // none overtakes it, or it might wait forever
                return;
            }
            hitTokens += next.cache().length();
            if (!preempted.remove(next)) {
                queue.remove(next);
                queue.charge(next, next.promptLength());
                promptTokens += next.promptLength();
                next.begin(begun++);
            }
            running.add(next);
        }
    }

    /** Gives a request a cache, which begins with the pages of the prefix cache that it can use. */
    private void open(Task task) {
        KvCache cache = model.caches().newCache(pool);
        task.open(cache);
        int[] window = task.window();
        int most = Math.min(window.length - 1, task.skippable()); // at least one token is computed, for its logits
        List<Block> found = model.rotaries().dependOnLength()
                ? new ArrayList<>()
                : prefixes.find(window, most, model.shape().layers());
        while (!found.isEmpty() && !cache.canBeginWith(pages(found))) {
            found.remove(found.size() - 1);
        }
        cache.beginWith(pages(found));
        found.forEach(task::addBlock);
    }

    private static List<List<KeyValuePage>> pages(List<Block> blocks) {
        return blocks.stream().map(Block::pages).toList();
    }

    /** How many pages a request needs in addition for its prompt and the next page of its new tokens. */
    private int pagesToCome(Task task) {
        int length = task.windowLength() + KeyValuePages.POSITIONS;
        return Math.max(
                0,
                model.caches().mostPages(length, limits.stepTokens())
                        - task.cache().pages());
    }

    /** Step 3: the next chunks of the prompts. */
    private void computePrompts(Plan plan) {
        List<Task> prompts = new ArrayList<>(running);
        prompts.removeIf(plan::contains);
        prompts.sort(Comparator.comparingInt(Task::remaining)); // stable: the older of equal ones first
        int most = running.size() == 1 ? limits.stepTokens() : limits.chunkTokens();
        for (int i = 0; i < prompts.size(); i++) {
            Task task = prompts.get(i);
            int share = plan.budget() / (prompts.size() - i); // at least 1, because running <= stepTokens
            int count = Math.min(task.remaining(), Math.min(share, most));
            if (fits(task, count, plan)) {
                plan.add(task, count);
            }
        }
    }

    /** Called after a pass: adds whole pages to the prefix cache. */
    void computed(Plan plan) {
        if (model.rotaries().dependOnLength()) {
            return;
        }
        for (Chunk chunk : plan.chunks()) {
            Task task = chunk.task();
            for (int end = (task.blocks() + 1) * KeyValuePages.POSITIONS;
                    end <= chunk.to();
                    end += KeyValuePages.POSITIONS) {
                int[] ids = Arrays.copyOfRange(chunk.window(), end - KeyValuePages.POSITIONS, end);
                List<KeyValuePage> pages = task.cache().pages(task.blocks());
                task.addBlock(prefixes.put(task.lastBlock(), ids, pages));
            }
        }
    }

    /** Called for each new token, which its client has been served. */
    void chosen(Task task) {
        queue.charge(task, 1);
    }

    int queued() {
        return queue.size() + preempted.size();
    }

    int running() {
        return running.size();
    }

    long promptTokens() {
        return promptTokens;
    }

    long hitTokens() {
        return hitTokens;
    }

    long preemptions() {
        return preemptions;
    }
}
