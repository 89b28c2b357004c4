using System.Collections.Concurrent;
using AdvertiseX.Engines;
using AdvertiseX.Models;

namespace AdvertiseX.Tests.Models;

/// <summary>Jobs side by side: their order, their number, and what becomes of the others when one fails.</summary>
public sealed class LanesTests
{
    private static readonly QueryException OutOfMemory = new(QueryFailure.OutOfMemory, "no memory");

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    [InlineData(3, 8)]
    public async Task Each_job_runs_once_after_those_that_it_needs_and_few_at_once(int seed, int atOnce)
    {
        var random = new Random(seed);
        var ended = new ConcurrentDictionary<string, bool>();
        var (running, most, early) = (0, 0, 0);
        var jobs = new List<LaneJob>();
        for (var i = 0; i < 60; i++)
        {
            var after = Enumerable.Range(0, i).Where(_ => random.Next(8) == 0).Select(other => $"job {other}").ToList();
            var (name, pause) = ($"job {i}", random.Next(3));
            jobs.Add(
                new LaneJob(
                    name,
                    [.. after, "no job"],
                    random.Next(100),
                    async () =>
                    {
                        Raise(ref most, Interlocked.Increment(ref running));
                        if (!after.TrueForAll(ended.ContainsKey))
                            Interlocked.Increment(ref early);
                        await Task.Delay(pause);
                        Assert.True(ended.TryAdd(name, true));
                        Interlocked.Decrement(ref running);
                    }
                )
            );
        }

        await new Lanes(jobs, atOnce).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((60, 0, true), (ended.Count, early, most > 1 && most <= atOnce));
    }

    [Fact]
    public async Task One_lane_keeps_the_order_given_and_more_begin_with_what_most_waits_for()
    {
        var order = new ConcurrentQueue<string>();
        LaneJob Job(string name, long weight, params string[] after) =>
            new(
                name,
                after,
                weight,
                () =>
                {
                    order.Enqueue(name);
                    return Task.CompletedTask;
                }
            );
        LaneJob[] jobs = [Job("light", 1), Job("heavy", 50), Job("first", 1), Job("second", 100, "first")];
        await new Lanes(jobs, 1).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["light", "heavy", "first", "second"], order);
        order.Clear();
        // The other lane is taken all the time.
        var last = new TaskCompletionSource();
        var rest = jobs.Select(job =>
            job with
            {
                Work = async () =>
                {
                    await job.Work();
                    if (order.Count == 4)
                        last.SetResult();
                },
            }
        );
        await new Lanes([.. rest, new LaneJob("long", [], 1_000, () => last.Task)], 2).RunAsync(
            TestContext.Current.CancellationToken
        );
        Assert.Equal(["first", "second", "heavy", "light"], order);
    }

    [Fact]
    public async Task After_a_failure_none_begins_those_under_way_end_and_the_first_in_order_is_reported()
    {
        var (slowMayEnd, slowEnded, begun) = (new TaskCompletionSource(), false, 0);
        LaneJob[] jobs =
        [
            new(
                "slow",
                [],
                3,
                async () =>
                {
                    await slowMayEnd.Task;
                    slowEnded = true;
                    throw new ModelException("slow failed");
                }
            ),
            new(
                "quick",
                [],
                2,
                () =>
                {
                    _ = Task.Delay(20).ContinueWith(_ => slowMayEnd.SetResult(), TaskScheduler.Default);
                    throw new ModelException("quick failed");
                }
            ),
            new(
                "next",
                ["quick"],
                1,
                () =>
                {
                    begun++;
                    return Task.CompletedTask;
                }
            ),
            new(
                "other",
                [],
                1,
                () =>
                {
                    begun++;
                    return Task.CompletedTask;
                }
            ),
        ];
        var failed = await Assert.ThrowsAsync<ModelException>(() =>
            new Lanes(jobs, 2).RunAsync(TestContext.Current.CancellationToken)
        );
        Assert.Equal(("slow failed", true, 0), (failed.Message, slowEnded, begun));
    }

    [Fact]
    public async Task Once_cancelled_none_begins()
    {
        using var stop = new CancellationTokenSource();
        var begun = 0;
        LaneJob[] jobs =
        [
            new("waits", [], 2, () => Task.Delay(Timeout.Infinite, stop.Token)),
            new("cancels", [], 1, () => stop.CancelAsync()),
            new(
                "next",
                ["cancels"],
                1,
                () =>
                {
                    begun++;
                    return Task.CompletedTask;
                }
            ),
        ];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Lanes(jobs, 2).RunAsync(stop.Token));
        Assert.Equal(0, begun);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new Lanes(jobs, 2).RunAsync(stop.Token));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Jobs_that_ran_out_of_memory_beside_others_run_again_alone(int atOnce)
    {
        var (running, runs, large, beside) = (0, 0, 0, 0);
        var bothBegan = new TaskCompletionSource();
        async Task CountAsync(Func<Task> work)
        {
            Interlocked.Increment(ref runs);
            Interlocked.Increment(ref running);
            try
            {
                await work();
            }
            finally
            {
                Interlocked.Decrement(ref running);
            }
        }

        LaneJob Large(string name)
        {
            var isFirst = true;
            return new LaneJob(
                name,
                [],
                2,
                () =>
                    CountAsync(async () =>
                    {
                        if (isFirst)
                        {
                            isFirst = false;
                            if (Interlocked.Increment(ref large) == 2)
                                bothBegan.SetResult();
                            await bothBegan.Task;
                            throw OutOfMemory;
                        }

                        Raise(ref beside, Volatile.Read(ref running) - 1);
                        await Task.Delay(20);
                        Raise(ref beside, Volatile.Read(ref running) - 1);
                    })
            );
        }

        LaneJob Small(string name, params string[] after) => new(name, after, 1, () => CountAsync(() => Task.Delay(5)));
        LaneJob[] jobs = [Large("one"), Large("two"), Small("three"), Small("behind", "one", "two"), Small("four")];
        await new Lanes(jobs, atOnce).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 7), (beside, runs));
    }

    [Fact]
    public async Task Who_runs_out_of_memory_alone_has_failed()
    {
        var runs = 0;
        LaneJob[] jobs =
        [
            new(
                "too large",
                [],
                1,
                () =>
                {
                    runs++;
                    throw OutOfMemory;
                }
            ),
            new("other", ["too large"], 1, () => Task.CompletedTask),
        ];
        Assert.Same(
            OutOfMemory,
            await Assert.ThrowsAsync<QueryException>(() =>
                new Lanes(jobs, 2).RunAsync(TestContext.Current.CancellationToken)
            )
        );
        Assert.Equal(1, runs);
    }

    private static void Raise(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); value > seen; seen = Volatile.Read(ref most))
            Interlocked.CompareExchange(ref most, value, seen);
    }
}
