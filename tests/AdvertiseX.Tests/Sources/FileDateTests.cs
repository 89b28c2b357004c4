using AdvertiseX.Sources;

namespace AdvertiseX.Tests.Sources;

public class FileDateTests
{
    [Theory]
    [InlineData("/data/clicks-2024-03-01.csv")]
    [InlineData("/data/clicks_2024_03_01.csv.gz")]
    [InlineData("/data/2024.03.01.json")]
    [InlineData("/data/20240301.json")]
    [InlineData("/data/access20240301.log")]
    [InlineData("/data/imps-2024030113-part7.json")]
    [InlineData("/data/imps-20240301T235959Z.json")]
    [InlineData("/data/imps-20240301235959.json")]
    [InlineData("/data/2024-03-01T10-00-00.json")]
    [InlineData("/data/2024-03-01/part-0001.json")]
    [InlineData("/data/dt=2024-03-01/hour=13/part-0001.json")]
    [InlineData("/data/date=20240301/part-0001.json")]
    [InlineData("/data/2024/03/01/part-0001.json")]
    [InlineData("/data/2024/3/1/13/part-0001.json")]
    [InlineData("/data/year=2024/month=03/day=01/part-0001.json")]
    [InlineData("/data/year=2024/month=3/day=1/hour=7/part-0001.json")]
    public void A_date_in_the_name_or_the_last_folders_is_found(string path) =>
        Assert.Equal(new DateOnly(2024, 3, 1), FileDate.Of(path));

    [Theory]
    [InlineData("/2024-02-01/2024-03-01/a.json")]
    [InlineData("/2024-02-01/a-2024-03-01.json")]
    [InlineData("/2024/02/01/a-20240301.json")]
    [InlineData("/data/2024-03-01/from-2024-02-01-to-2024-02-29.json")]
    [InlineData("/data/2024-03-01_2024-03-01.json")]
    public void The_nearest_one_counts(string path) => Assert.Equal(new DateOnly(2024, 3, 1), FileDate.Of(path));

    [Theory]
    [InlineData("/data/clicks.csv")]
    [InlineData("/data/2023-02-29.csv")]
    [InlineData("/data/2024-13-01.csv")]
    [InlineData("/data/2024-00-10.csv")]
    [InlineData("/data/1999-03-01.csv")]
    [InlineData("/data/2024-03_01.csv")]
    [InlineData("/data/2024-03.csv")]
    [InlineData("/data/120240301.csv")]
    [InlineData("/data/2024030199.csv")]
    [InlineData("/data/20240301123.csv")]
    [InlineData("/data/1709251200.csv")]
    [InlineData("/data/from-2024-02-01-to-2024-02-29.json")]
    [InlineData("/2024-03-01/a/b/c/d/e.json")]
    [InlineData("/data/2024/03/clicks.csv")]
    [InlineData("/data/2024/03/01")]
    [InlineData("")]
    public void What_is_no_date_or_too_far_is_none(string path) => Assert.Null(FileDate.Of(path));
}
