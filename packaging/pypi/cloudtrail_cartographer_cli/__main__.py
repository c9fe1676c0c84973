"""`python -m cloudtrail_cartographer_cli`"""

from . import main

main()
