using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AdvertiseX.Server;
using AdvertiseX.Tests.Cli;
using AdvertiseX.Tests.Ingestion;

namespace AdvertiseX.Tests.Server;

/// <summary>The collector over TLS, whose certificate changes while it runs.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FixedClock _clock = new();
    private readonly List<string?> _told = [];
    private int _written;

    private string Certificate => _folder.At("chain.pem");

    private string Key => _folder.At("key.pem");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_certificate_that_is_renewed_is_used_without_a_restart()
    {
        Write("first");
        using var files = new TlsFiles(Certificate, Key, _clock, _told.Add);
        await using var host = await CollectorHost.StartAsync(tls: files);
        Assert.Equal("https", host.Client.BaseAddress!.Scheme);
        Assert.Equal(("CN=first", "HTTP/1.1 202"), await PostAsync(host));
        Write("second");
        Assert.Equal("CN=first", (await PostAsync(host)).Subject);
        _clock.Passed += TimeSpan.FromSeconds(2);
        Assert.Equal(("CN=second", "HTTP/1.1 202"), await PostAsync(host));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task In_the_middle_of_a_renewal_the_last_one_counts()
    {
        Write("first");
        using var files = new TlsFiles(Certificate, Key, _clock, _told.Add);
        await using var host = await CollectorHost.StartAsync(tls: files);
        var old = File.ReadAllText(Key);
        Write("second");
        var next = File.ReadAllText(Key);
        File.WriteAllText(Key, old);
        _clock.Passed += TimeSpan.FromSeconds(2);
        Assert.Equal("CN=first", (await PostAsync(host)).Subject);
        _clock.Passed += TimeSpan.FromSeconds(2);
        Assert.Equal("CN=first", (await PostAsync(host)).Subject);
        Assert.Equal("the key is not that of the certificate", Assert.Single(_told));
        File.WriteAllText(Key, next);
        _clock.Passed += TimeSpan.FromSeconds(2);
        Assert.Equal("CN=second", (await PostAsync(host)).Subject);
        Assert.Null(_told[^1]);
    }

    [Fact]
    public async Task Old_protocols_and_plain_HTTP_are_refused()
    {
        Write("first");
        using var files = new TlsFiles(Certificate, Key, _clock, _told.Add);
        await using var host = await CollectorHost.StartAsync(tls: files);
#pragma warning disable CA5397, SYSLIB0039 // That they are refused is what is shown.
        await Assert.ThrowsAnyAsync<Exception>(() => PostAsync(host, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039
        Assert.DoesNotContain(
            " 202 ",
            await host.SendAsync("POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}")
        );
        Assert.Equal("HTTP/1.1 202", (await PostAsync(host, SslProtocols.Tls12)).Status);
        Assert.Equal("HTTP/1.1 202", (await PostAsync(host, SslProtocols.Tls13)).Status);
    }

    [Theory]
    [InlineData("", "k", "both, or neither")]
    [InlineData("c", "", "both, or neither")]
    [InlineData("no-such-file", "no-such-file", "one of them is not there")]
    [InlineData("text", "text", "one of them is not PEM")]
    public void What_is_no_certificate_is_named(string certificate, string key, string complaint)
    {
        _folder.Write("text", "not a certificate");
        var options = new ServeOptions
        {
            TlsCertificateFile = certificate.Length > 1 ? _folder.At(certificate) : certificate,
            TlsKeyFile = key.Length > 1 ? _folder.At(key) : key,
        };
        var error = Assert.Throws<BadSettingException>(() => options.OpenTls(_clock, _told.Add));
        Assert.StartsWith("serve.tls_certificate_file is ", error.Message);
        Assert.Contains(complaint, error.Message);
        Assert.Null(new ServeOptions().OpenTls(_clock, _told.Add));
    }

    private void Write(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem() + "\n");
        File.WriteAllText(Key, key.ExportPkcs8PrivateKeyPem());
        // Files of one size that were written in one tick of the file system's clock must not look alike.
        var written = now.UtcDateTime.AddMinutes(_written++);
        File.SetLastWriteTimeUtc(Certificate, written);
    }

    private static async Task<(string Subject, string Status)> PostAsync(
        CollectorHost host,
        SslProtocols protocols = SslProtocols.None
    )
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.EndPoint, TestContext.Current.CancellationToken);
        using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = protocols,
                RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
            },
            TestContext.Current.CancellationToken
        );
        await stream.WriteAsync(
            "POST /v1/impressions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"u8.ToArray(),
            TestContext.Current.CancellationToken
        );
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return (stream.RemoteCertificate!.Subject, answer[..Math.Min(12, answer.Length)]);
    }
}
