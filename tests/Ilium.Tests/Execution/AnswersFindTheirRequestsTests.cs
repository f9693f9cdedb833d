using System.Collections.Concurrent;
using Ilium.TestKit;

namespace Ilium.Tests.Execution;

/// <summary>R2: whatever the order of answers, timeouts and cancellations, no request ever gets another's rows.</summary>
[Trait(Slow.Name, Slow.Value)]
public class AnswersFindTheirRequestsTests
{
    [Theory]
    [InlineData(20_261, 5, 32_768)]
    [InlineData(20_262, 4, 64)]
    [InlineData(20_263, 3, 700)]
    public async Task Ten_thousand_requests_in_random_order_with_timeouts_and_cancellations(int seed, int version, int ids)
    {
        const int Requests = 10_000;
        const int Flows = 100;
        await using var driver = new ScriptedCluster(new ClusterOptions
        {
            ProtocolVersion = (ProtocolVersion)version,
            MaxRequestsPerConnection = ids,
            MaxConnectionsPerNode = 2,
        });
        var (session, read) = await driver.ConnectAsync();
        using var scrambler = new Scrambler(driver.Server, seed);
        var next = 0;
        var (answered, given) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Flows).Select(flow => Task.Run(() => FlowAsync(new Random(seed + flow)))));
        Assert.Equal(Requests, answered + given);
        Assert.True(answered > Requests / 2, $"{answered} answered, {given} given up");
        Assert.True(given > 100, $"{given} given up");
        driver.Server.ThrowIfViolated();

        async Task FlowAsync(Random random)
        {
            while (true)
            {
                var key = Interlocked.Increment(ref next);
                if (key > Requests)
                {
                    return;
                }

                using var cancellation = new CancellationTokenSource();
                var options = random.Next(10) == 0 ? new ExecutionOptions { Timeout = TimeSpan.FromMilliseconds(random.Next(1, 5)) } : null;
                try
                {
                    if (random.Next(20) == 0)
                    {
                        using var rows = session.Execute(read.Bind(key), options);
                        Assert.Equal(key, rows.First().Get<int>(0));
                    }
                    else
                    {
                        var pending = session.ExecuteAsync(read.Bind(key), options, cancellation.Token).AsTask();
                        if (random.Next(10) == 0)
                        {
                            Thread.SpinWait(random.Next(20_000));
                            await cancellation.CancelAsync();
                        }

                        using var rows = await pending;
                        Assert.Equal(key, rows.First().Get<int>(0));
                    }

                    Interlocked.Increment(ref answered);
                }
                catch (Exception e) when (e is OperationCanceledException or OperationTimedOutException)
                {
                    Interlocked.Increment(ref given);
                }
            }
        }
    }

    /// <summary>Answers what has gathered in random order, a few at a time, some of it only after having been passed over often.</summary>
    private sealed class Scrambler : IDisposable
    {
        private readonly BlockingCollection<ServerRequest> _arrived = [];
        private readonly Thread _thread;

        internal Scrambler(ScriptedServer server, int seed)
        {
            server.On(ScriptedCluster.IsRead, _arrived.Add);
            _thread = new Thread(() => Run(new Random(seed))) { IsBackground = true };
            _thread.Start();
        }

        public void Dispose()
        {
            _arrived.CompleteAdding();
            _thread.Join();
        }

        private void Run(Random random)
        {
            var waiting = new List<ServerRequest>();
            while (!_arrived.IsCompleted)
            {
                // Waits only while it has nothing to answer.
                if (_arrived.TryTake(out var request, waiting.Count == 0 ? 5 : 0))
                {
                    waiting.Add(request);
                    if (random.Next(3) != 0)
                    {
                        continue;
                    }
                }

                for (var i = random.Next(1, 8); i > 0 && waiting.Count > 0; i--)
                {
                    var index = random.Next(waiting.Count);
                    ScriptedCluster.Echo(waiting[index]);
                    waiting.RemoveAt(index);
                }
            }
        }
    }
}
