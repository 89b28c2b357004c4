using AdvertiseX.Decoding.Avro;
using AdvertiseX.Kafka;
using AdvertiseX.Kafka.Producing;
using AdvertiseX.Messages;

namespace AdvertiseX.IntegrationTests.Kafka;

/// <summary>Who waits for a schema registry, and what that costs.</summary>
public sealed class RegistryWaitTests
{
    /// <summary>Each waiting block held a thread of the pool: with some dozens nothing else of the process went
    /// on.</summary>
    [Fact]
    public async Task Blocks_that_wait_for_the_registry_hold_no_thread()
    {
        using var registry = new RegistryStub { IsDown = true };
        using var giveUp = new CancellationTokenSource();
        var options = new RegistryOptions { Url = registry.Url };
        using var schemas = new RegistrySchemas(
            options,
            KnownSchemas.Shipped,
            TimeProvider.System,
            _ => { },
            giveUp.Token
        );
        var before = ThreadPool.ThreadCount;
        var waiting = Enumerable
            .Range(0, 500)
            .Select(i => Task.Run(() => schemas.LearnAsync([new AvroSchemaKey(false, (ulong)(i % 3 + 1))]).AsTask()))
            .ToList();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.True(ThreadPool.ThreadCount < before + 20, $"{before} threads became {ThreadPool.ThreadCount}");
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        registry.Add(1, KnownSchemas.ShippedTexts[0]);
        registry.IsDown = false;
        await Task.WhenAll(waiting).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.NotNull(schemas.Find(new AvroSchemaKey(false, 1)));
        Assert.Null(schemas.Find(new AvroSchemaKey(false, 2)));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_producer_waits_for_a_registry_that_refuses_its_credentials(int code)
    {
        using var registry = new RegistryStub { RefusesWith = code };
        var told = new List<KafkaNotice>();
        using var schemas = new SchemaRegistration(
            new RegistryOptions { Url = registry.Url },
            TimeSpan.FromSeconds(60),
            TimeProvider.System,
            told.Add
        );
        var id = Task.Run(() => schemas.IdOf("t", KnownSchemas.ShippedTexts[0]));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.False(id.IsCompleted);
        registry.RefusesWith = 0;
        Assert.NotNull(await id.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.All(told, notice => Assert.Equal(OutagePart.Registry, notice.Part));
        Assert.Contains($"it answers {code}", told[0].Text, StringComparison.Ordinal);
    }
}
