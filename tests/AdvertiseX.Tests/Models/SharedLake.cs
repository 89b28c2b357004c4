namespace AdvertiseX.Tests.Models;

/// <summary>A lake that the tests of a class read and none of them changes, as a class fixture; filled when the first
/// asks for it.</summary>
public abstract class SharedLake : IAsyncDisposable
{
    private readonly Lazy<Task<FactLake>> _lake;

    protected SharedLake() => _lake = new(FillAsync);

    internal Task<FactLake> Lake => _lake.Value;

    public async ValueTask DisposeAsync()
    {
        if (_lake.IsValueCreated)
            await (await _lake.Value).DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<FactLake> FillAsync();
}
