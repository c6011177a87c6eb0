console.log(decodeURIComponent('/100%2525'));
